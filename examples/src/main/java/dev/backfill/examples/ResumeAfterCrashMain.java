package dev.backfill.examples;

import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.examples.support.HistoryReport;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A worker process that dies with {@code Runtime.halt} in the middle of the history, without a
 * chance to clean up. The next worker detects that the process is gone and takes over its lease at
 * once. It continues from the last committed chunk.
 */
public final class ResumeAfterCrashMain {

  private static final String TARGET = "sim/crash";

  private ResumeAfterCrashMain() {}

  /**
   * Runs the example, or with arguments the worker that dies.
   *
   * @param args none for the example; an API address and a database directory for the worker
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 2) {
      slice(args[0], args[1], true);
      return;
    }
    Path directory = Files.createTempDirectory("backfill-crash");
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder().repository(SimulatedRepository.of(TARGET, 400)).start()) {
      Process worker =
          new ProcessBuilder(
                  ProcessHandle.current().info().command().orElse("java"),
                  "-cp",
                  System.getProperty("java.class.path"),
                  ResumeAfterCrashMain.class.getName(),
                  gitHub.url().toString(),
                  directory.toString())
              .inheritIO()
              .start();
      System.out.println("The worker process died with exit code " + worker.waitFor());
      SliceResult result = slice(gitHub.url().toString(), directory.toString(), false);
      System.out.printf(
          "Its successor fetched the other %d and reports: %s%n",
          result.counts().items(), result.backfill().status());
    }
  }

  private static SliceResult slice(String apiUrl, String directory, boolean die) throws Exception {
    // Without WRITE_DELAY=0 H2 keeps commits in memory for up to half a second.
    JdbcConnectionPool database =
        JdbcConnectionPool.create(
            "jdbc:h2:file:%s/backfill;WRITE_DELAY=0".formatted(directory), "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (GitHub gitHub = GitHub.builder().apiUrl(URI.create(apiUrl)).build();
        BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      var sink = store.pullRequests();
      int[] chunks = {0};
      var job =
          new BackfillSpec<PullRequest>(
              gitHub.pullRequests(Set.of()),
              TARGET,
              (items, transaction) -> {
                if (die && ++chunks[0] > 3) {
                  Runtime.getRuntime().halt(137);
                }
                return sink.write(items, transaction);
              });
      SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED);
      HistoryReport.print(database, System.out);
      return result;
    } finally {
      database.dispose();
    }
  }
}
