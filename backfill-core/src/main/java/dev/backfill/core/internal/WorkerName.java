package dev.backfill.core.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name under which this process holds leases. It tells people where the holder runs, and a
 * later process of the same machine whether the holder is still alive.
 */
public final class WorkerName {

  private static final Pattern FORMAT =
      Pattern.compile("(?<machine>.+)/pid-(?<pid>\\d+)/since-(?<since>\\d+)/[0-9a-z]+");

  private static final long UNKNOWN = 0;

  private static final String MACHINE = machine();

  private WorkerName() {}

  /**
   * Makes a name for a worker of this process.
   *
   * @param distinction tells workers of one process apart
   * @return a name of at most 200 characters
   */
  public static String of(long distinction) {
    ProcessHandle self = ProcessHandle.current();
    return "%s/pid-%d/since-%d/%s"
        .formatted(MACHINE, self.pid(), startOf(self), Long.toUnsignedString(distinction, 36));
  }

  /**
   * Whether a holder is known to be dead: it was a process of this machine, and there is none with
   * its number and start.
   *
   * @param owner the holder's name
   * @return false when it lives, runs elsewhere, or cannot be told
   */
  public static boolean isKnownDead(String owner) {
    Matcher matcher = FORMAT.matcher(owner);
    if (!matcher.matches() || !matcher.group("machine").equals(MACHINE)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(matcher.group("pid")));
    if (process.isEmpty() || !process.get().isAlive()) {
      return true;
    }
    long since = Long.parseLong(matcher.group("since"));
    long start = startOf(process.get());
    return since != UNKNOWN && start != UNKNOWN && start != since;
  }

  /**
   * When a process began, on a clock that nobody sets: kernel ticks since the boot. Where there are
   * none, it is unknown; the process's number alone then says whether it lives.
   */
  private static long startOf(ProcessHandle process) {
    String stat = firstLine(Path.of("/proc", String.valueOf(process.pid()), "stat"));
    // The second field is a name in brackets, which may hold anything; the start is the 20th after
    // it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
    return fields.length > 19 && fields[19].matches("\\d{1,18}")
        ? Long.parseLong(fields[19])
        : UNKNOWN;
  }

  /**
   * The host's name; on Linux also its boot and its process namespace, since containers share names
   * and numbers.
   */
  private static String machine() {
    String boot = firstLine(Path.of("/proc/sys/kernel/random/boot_id"));
    String namespace = linkTarget(Path.of("/proc/self/ns/pid"));
    String scope = Integer.toUnsignedString((boot + namespace).hashCode(), 36);
    String host = hostName();
    return host.substring(0, Math.min(host.length(), 100)) + "-" + scope;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
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
