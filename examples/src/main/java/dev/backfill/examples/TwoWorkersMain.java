package dev.backfill.examples;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.examples.support.HistoryReport;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Two workers, each with an engine of its own, on one database and one job. The lease makes them
 * take turns, and each pull request is stored exactly once.
 */
public final class TwoWorkersMain {

  private static final String TARGET = "sim/shared";

  private TwoWorkersMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:two-workers", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try (SimulatedGitHub simulated =
        SimulatedGitHub.builder().repository(SimulatedRepository.of(TARGET, 1_000)).start()) {
      Callable<Map<String, Integer>> worker = () -> work(simulated, store);
      List<Future<Map<String, Integer>>> workers = threads.invokeAll(List.of(worker, worker));
      for (Future<Map<String, Integer>> future : workers) {
        System.out.println("A worker's slices: " + future.get());
      }
      HistoryReport.print(database, System.out);
    } finally {
      threads.shutdown();
      database.dispose();
    }
  }

  /** Runs slices of two chunks until one of the workers has finished the job. */
  private static Map<String, Integer> work(SimulatedGitHub simulated, JdbcStore store)
      throws InterruptedException {
    Map<String, Integer> slices = new TreeMap<>();
    try (GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).build();
        BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      var job = new BackfillSpec<>(gitHub.pullRequests(Set.of()), TARGET, store.pullRequests());
      while (true) {
        SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED.withMaxChunks(2));
        slices.merge(result.getClass().getSimpleName(), 1, Integer::sum);
        if (result instanceof SliceResult.Done || result instanceof SliceResult.Stopped) {
          return slices;
        }
        Thread.yield();
      }
    }
  }
}
