package dev.backfill.cli.option;

import dev.backfill.cli.text.Redaction;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command that started this process, for messages that contain the next command.
 *
 * @param program the program, such as {@code java -jar backfill.jar}
 * @param args its arguments
 */
public record Invocation(String program, List<String> args) {

  public Invocation {
    args = List.copyOf(args);
  }

  public static Invocation of(String... args) {
    // The launcher's own property: the jar or the main class, then the arguments.
    String launched = System.getProperty("sun.java.command", "");
    int end = launched.indexOf(".jar");
    String program =
        end < 0 ? "backfill" : "java -jar " + quoted(launched.substring(0, end + ".jar".length()));
    return new Invocation(program, List.of(args));
  }

  /** Returns the same command, quoted for a shell, with passwords masked. */
  public String again() {
    return Stream.concat(
            Stream.of(program), args.stream().map(Redaction::masked).map(Invocation::quoted))
        .collect(Collectors.joining(" "));
  }

  /** Returns another command of the same program. */
  public String with(String command) {
    return program + " " + command;
  }

  private static String quoted(String text) {
    return text.matches("[A-Za-z0-9_./:=,@%+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
