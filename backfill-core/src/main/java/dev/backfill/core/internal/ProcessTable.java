package dev.backfill.core.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The processes of this machine, as Linux shows them in a folder. The folder may hide the processes
 * of other users, or show those of another process namespace. So a process that it does not show
 * may still run. Other systems have no such folder, and then nothing is known.
 *
 * @param folder {@code /proc}
 * @param self the number of this process
 */
record ProcessTable(Path folder, long self) {

  /** The start of a process if it is not known. */
  static final long UNKNOWN = 0;

  /** The options of a mount that hide other users' processes. */
  private static final Pattern HIDING = Pattern.compile("(hidepid=(?!0\\b|off\\b)|subset=).*");

  private static final long FIRST_PROCESS = 1;

  static ProcessTable ofThisMachine() {
    return new ProcessTable(Path.of("/proc"), ProcessHandle.current().pid());
  }

  /**
   * Returns a text that only processes of the same boot and the same process namespace share.
   *
   * @return empty if that is not known, or if the folder is another namespace's
   */
  String scope() {
    String boot = firstLine(folder.resolve(Path.of("sys", "kernel", "random", "boot_id")));
    String namespace = linkTarget(folder.resolve(Path.of("self", "ns", "pid")));
    boolean known = !boot.isEmpty() && !namespace.isEmpty() && isOfThisNamespace();
    return known ? boot + namespace : "";
  }

  private boolean isOfThisNamespace() {
    return linkTarget(folder.resolve("self")).equals(Long.toString(self));
  }

  /**
   * Returns the start of a process, on a clock that is never set: kernel ticks since the boot.
   *
   * @return {@link #UNKNOWN} if there is no such process, or it is hidden
   */
  long startOf(long pid) {
    String stat = firstLine(of(pid).resolve("stat"));
    // The second field is a name in brackets, which may hold anything; the start is the 20th after
    // it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return fields.length > 19 && fields[19].matches("[0-9]{1,18}")
        ? Long.parseLong(fields[19])
        : UNKNOWN;
  }

  /** Checks if there is no process of this number; returns false if one may be hidden. */
  boolean isGone(long pid) {
    return showsOtherUsers() && Files.notExists(of(pid));
  }

  /**
   * Checks that the mount hides no processes, and that it shows the first process: some systems
   * hide it without an option.
   */
  private boolean showsOtherUsers() {
    List<String> mounts = lines(folder.resolve(Path.of("self", "mountinfo")));
    String last =
        mounts.stream()
            .filter(mount -> mount.contains(" /proc ") && mount.contains(" - proc "))
            .reduce("", (before, after) -> after);
    return !last.isEmpty()
        && List.of(last.split("[ ,]")).stream().noneMatch(HIDING.asMatchPredicate())
        && startOf(FIRST_PROCESS) != UNKNOWN;
  }

  private Path of(long pid) {
    return folder.resolve(Long.toString(pid));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static String firstLine(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException | UnsupportedOperationException e) {
      return "";
    }
  }
}
