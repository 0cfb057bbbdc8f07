package dev.backfill.benchmarks.endtoend;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JVM of its own for a main class, whose output has one line that begins with RESULT. */
public final class ChildProcess {

  private ChildProcess() {}

  /**
   * Runs a process to its end.
   *
   * @param main the main class, which gets the class path of this process
   * @param options for the JVM
   * @param properties system properties
   * @param args for the main class
   * @return the words after RESULT
   * @throws IOException if the process cannot be started, fails, or prints no such line
   * @throws InterruptedException if this thread is interrupted
   */
  public static String[] run(
      Class<?> main, List<String> options, Map<String, String> properties, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(options);
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(args));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines;
    try (BufferedReader output = process.inputReader()) {
      lines = output.lines().toList();
    } finally {
      process.destroy();
    }
    int status = process.waitFor();
    Optional<String> result = lines.stream().filter(line -> line.startsWith("RESULT ")).findFirst();
    if (status != 0 || result.isEmpty()) {
      throw new IOException(
          main.getSimpleName()
              + " "
              + String.join(" ", args)
              + " ended with status "
              + status
              + ":\n"
              + String.join("\n", lines));
    }
    return result.get().substring("RESULT ".length()).split(" ");
  }
}
