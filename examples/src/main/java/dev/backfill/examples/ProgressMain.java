package dev.backfill.examples;

import dev.backfill.api.event.BackfillEvent.ChunkCommitted;
import dev.backfill.api.event.BackfillEvent.Waiting;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.List;
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
        GitHub github = GitHub.builder().apiUrl(simulated.url()).build()) {
      // snippet: progress
      BackfillListener chunks =
          BackfillListener.on(
              ChunkCommitted.class,
              chunk -> System.out.println(chunk.key() + ": " + chunk.progress().processed()));
      BackfillListener waits =
          BackfillListener.on(
              Waiting.class, wait -> System.out.println(wait.until() + ": " + wait.reason()));
      try (var engine =
          BackfillEngine.builder(store.progress()).listener(chunks).listener(waits).build()) {
        var spec = BackfillSpec.of(github.pullRequests(), "sim/shown", store);
        new BackfillRunner(engine).run(List.of(spec), RunOptions.DEFAULT);
      }
      // snippet end
    } finally {
      database.dispose();
    }
  }
}
