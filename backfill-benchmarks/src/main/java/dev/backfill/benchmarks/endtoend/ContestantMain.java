package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * One contestant in a process of its own, with the task of the properties. It prints these figures:
 *
 * <ul>
 *   <li>the time, including the start of the process;
 *   <li>the processor time, and its distribution;
 *   <li>the number of pull requests that it has read.
 * </ul>
 *
 * <p>With the property {@code tasks} it repeats the task, each time into empty tables, and prints
 * the figures of the last one.
 */
public final class ContestantMain {

  private ContestantMain() {}

  /**
   * Runs the contestant.
   *
   * @param args the contestant's name
   * @throws Exception if the task fails
   */
  public static void main(String[] args) throws Exception {
    ContestantTask task = ContestantTask.ofProperties();
    ProcessTime before = ProcessTime.NONE;
    for (int more = Integer.getInteger("tasks", 1) - 1; more > 0; more--) {
      run(args[0], task);
      emptyTables(task);
      before = ProcessTime.now();
    }
    int items = run(args[0], task);
    ProcessTime time = ProcessTime.now().since(before);
    System.out.printf(
        "RESULT %d %d %d %d %d%n",
        time.wall(), time.cpu(), items, time.compiler(), time.collector());
    System.exit(0);
  }

  private static int run(String contestant, ContestantTask task)
      throws IOException, InterruptedException, SQLException {
    return switch (contestant) {
      case "backfill" -> BackfillRun.run(task);
      case "hub4j" -> Hub4jRun.run(task);
      case "bare" -> BareClientRun.run(task, false);
      case "bare-storing" -> BareClientRun.runStoring(task);
      case "bare-gzip" -> BareClientRun.run(task, true);
      default -> throw new IllegalArgumentException("there is no contestant " + contestant);
    };
  }

  private static void emptyTables(ContestantTask task) throws SQLException {
    try (Connection connection = DriverManager.getConnection(task.database())) {
      BenchmarkDatabase.empty(BenchmarkDatabase.Kind.POSTGRESQL, connection);
    }
  }
}
