package dev.backfill.benchmarks.endtoend;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * One contestant in a process of its own: does the errand that the properties name and prints the
 * time since the process began, the processor time that it has used, how many pull requests it has
 * read, and for what the processor time was used.
 */
public final class ContestantMain {

  private ContestantMain() {}

  /**
   * Runs it.
   *
   * @param args the contestant's name
   * @throws Exception when the errand fails
   */
  public static void main(String[] args) throws Exception {
    Errand errand = Errand.ofProperties();
    int items =
        switch (args[0]) {
          case "backfill" -> BackfillRun.run(errand);
          case "hub4j" -> Hub4jRun.run(errand);
          case "bare" -> BareClientRun.run(errand, false);
          case "bare-storing" -> BareClientRun.runStoring(errand);
          case "bare-gzip" -> BareClientRun.run(errand, true);
          default -> throw new IllegalArgumentException("there is no contestant " + args[0]);
        };
    long wall = System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
    long cpu =
        ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    JvmTime threads = JvmTime.now();
    System.out.printf(
        "RESULT %d %d %d %d %d%n",
        wall, cpu / 1_000_000, items, threads.compiler(), threads.collector());
    System.exit(0);
  }
}
