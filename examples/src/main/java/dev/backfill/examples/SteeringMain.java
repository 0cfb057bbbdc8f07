package dev.backfill.examples;

import static dev.backfill.api.store.RequestedBy.by;
import static dev.backfill.github.PullRequestExtra.DETAILS;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import org.h2.jdbcx.JdbcConnectionPool;

/** Tracks a repository, pauses it, explains its state and resumes it. */
public final class SteeringMain {

  private SteeringMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:steering", "sa", "");
    JdbcStore store = JdbcStore.open(database).installSchema();
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/steered", 90))
                .start();
        GitHub github = GitHub.builder().apiUrl(simulated.url()).build();
        BackfillManager manager =
            BackfillManager.builder(store).source(github.pullRequests(DETAILS)).build()) {
      // snippet: steering
      manager.track("sim/steered");
      manager.pause("sim/steered", by("ann", "the database moves"));
      System.out.print(manager.explain("sim/steered").text());
      manager.resume("sim/steered", by("ann"));
      manager.sync("sim/steered", by("ann", "release"));
      System.out.println(manager.runDue());
      // snippet end
    } finally {
      database.dispose();
    }
  }
}
