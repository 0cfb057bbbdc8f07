package dev.backfill.core.internal;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The name under which this process holds leases. It shows users where the holder runs. From it a
 * later process of the same machine finds out if the holder is dead.
 */
public final class WorkerName {

  private static final Pattern FORMAT =
      Pattern.compile("(?<machine>.+)/pid-(?<pid>[0-9]{1,18})/since-(?<since>[0-9]{1,18})/.+");

  private static final WorkerName THIS = new WorkerName(ProcessTable.ofThisMachine(), hostName());

  private final ProcessTable processes;
  private final boolean knowsOthers;
  private final String machine;

  /**
   * Creates the names of processes that share a table of processes with this one.
   *
   * @param processes the table
   * @param host the host's name; containers may share it
   */
  WorkerName(ProcessTable processes, String host) {
    String scope = processes.scope();
    this.processes = processes;
    this.knowsOthers = !scope.isEmpty();
    this.machine =
        host.substring(0, Math.min(host.length(), 100))
            + "-"
            + Integer.toUnsignedString(scope.hashCode(), 36);
  }

  /**
   * Returns a name for a worker of this process.
   *
   * @param distinction a number that differs between workers of one process
   * @return a name of at most 200 characters; its digits are those of English, whatever the locale
   */
  public static String of(long distinction) {
    return THIS.name(distinction);
  }

  /**
   * Checks if a holder is known to be dead. Only evidence counts:
   *
   * <ul>
   *   <li>The holder was a process of the same boot and the same process namespace.
   *   <li>No process has its number, where the processes of all users are visible; or the one that
   *       has its number began at another moment.
   * </ul>
   *
   * @param owner the holder's name
   * @return false if it is alive, runs elsewhere, or is not known; its lease then decides
   */
  public static boolean isKnownDead(String owner) {
    return THIS.isDead(owner);
  }

  String name(long distinction) {
    long self = processes.self();
    return machine
        + "/pid-"
        + self
        + "/since-"
        + processes.startOf(self)
        + "/"
        + Long.toUnsignedString(distinction, 36);
  }

  boolean isDead(String owner) {
    Matcher matcher = FORMAT.matcher(owner);
    if (!knowsOthers || !matcher.matches() || !matcher.group("machine").equals(machine)) {
      return false;
    }
    long pid = Long.parseLong(matcher.group("pid"));
    long since = Long.parseLong(matcher.group("since"));
    long start = processes.startOf(pid);
    return start == ProcessTable.UNKNOWN
        ? processes.isGone(pid)
        : since != ProcessTable.UNKNOWN && since != start;
  }

  private static String hostName() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "localhost";
    }
  }
}
