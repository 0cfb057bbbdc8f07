package dev.backfill.examples;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.RunSummary;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A job for cron, or for a function that a scheduler calls. Each call does the due work for a
 * bounded time, holds nothing between calls, and continues from the end of the last call.
 */
public final class CronMain {

  private CronMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:cron", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (SimulatedGitHub simulated =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/large", 3_000))
            .latency(Duration.ofMillis(20), Duration.ofMillis(40))
            .start()) {
      for (int call = 1; ; call++) {
        RunSummary summary = call(simulated, store);
        System.out.printf("Call %d fetched %,d pull requests.%n", call, summary.counts().items());
        if (summary.completed() > 0) {
          return;
        }
      }
    } finally {
      database.dispose();
    }
  }

  /** Runs one cron entry. */
  private static RunSummary call(SimulatedGitHub simulated, JdbcStore store)
      throws InterruptedException {
    try (GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).build();
        BackfillManager manager =
            BackfillManager.builder(store.progress(), store.jobs())
                .source(gitHub.pullRequests(Set.of()), store.pullRequests())
                .build()) {
      manager.track("sim/large");
      return manager.runDue(Duration.ofMillis(400));
    }
  }
}
