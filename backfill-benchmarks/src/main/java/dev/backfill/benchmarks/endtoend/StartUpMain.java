package dev.backfill.benchmarks.endtoend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import java.net.URI;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Set;

/**
 * A start of the library that fetches one small repository; prints the time at which main began.
 */
public final class StartUpMain {

  private StartUpMain() {}

  /**
   * Runs the start.
   *
   * @param args memory or postgresql
   * @throws InterruptedException never
   */
  public static void main(String[] args) throws InterruptedException {
    Instant entered = Instant.now();
    try (GitHub gitHub =
        GitHub.builder().apiUrl(URI.create(System.getProperty("gitHub"))).build()) {
      if (args[0].equals("memory")) {
        run(gitHub);
      } else {
        runOnDatabase(gitHub);
      }
    }
    System.out.println("RESULT " + ChronoUnit.MICROS.between(Instant.EPOCH, entered));
    System.exit(0);
  }

  private static void run(GitHub gitHub) throws InterruptedException {
    try (BackfillEngine engine = BackfillEngine.builder(new InMemoryStore().progress()).build()) {
      engine.runSlice(
          new BackfillSpec<PullRequest>(
              gitHub.pullRequests(Set.of()),
              "sim/small",
              (items, transaction) -> new SinkCounts(items.size(), 0)),
          SliceLimits.UNLIMITED);
    }
  }

  private static void runOnDatabase(GitHub gitHub) throws InterruptedException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(System.getProperty("database"));
    try (HikariDataSource database = new HikariDataSource(config)) {
      JdbcStore store = JdbcStore.open(database);
      try (BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        engine.runSlice(
            new BackfillSpec<>(gitHub.pullRequests(Set.of()), "sim/small", store.pullRequests()),
            SliceLimits.UNLIMITED);
      }
    }
  }
}
