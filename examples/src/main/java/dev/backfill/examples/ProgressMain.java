package dev.backfill.examples;

import dev.backfill.api.event.BackfillEvent.ChunkCommitted;
import dev.backfill.api.event.BackfillEvent.Waiting;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import org.h2.jdbcx.JdbcConnectionPool;

/** Shows the progress of a run while it works, and the reason and the end of each wait. */
public final class ProgressMain {

  private ProgressMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:progress", "sa", "");
    JdbcStore store = JdbcStore.open(database).installSchema();
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/shown", 130)).start();
        GitHub github = GitHub.builder().apiUrl(simulated.url()).build();
        // snippet: progress
        BackfillEngine engine =
            BackfillEngine.builder(store.progress())
                .listener(BackfillListener.on(ChunkCommitted.class, ProgressMain::show))
                .listener(BackfillListener.on(Waiting.class, ProgressMain::show))
                .build()
        // snippet end
        ) {
      engine.runSlice(
          BackfillSpec.of(github.pullRequests(), "sim/shown", store), SliceLimits.UNLIMITED);
    } finally {
      database.dispose();
    }
  }

  // snippet: progress
  private static void show(ChunkCommitted chunk) {
    System.out.printf("%s: %d stored%n", chunk.key(), chunk.progress().processed());
  }

  private static void show(Waiting wait) {
    System.out.printf("%s waits until %s: %s%n", wait.key(), wait.until(), wait.reason());
  }
  // snippet end
}
