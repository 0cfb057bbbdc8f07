package dev.backfill.examples;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Several repositories, three at once, one of which does not exist. The others continue, and the
 * result contains the error.
 */
public final class SeveralRepositoriesMain {

  private SeveralRepositoriesMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:several", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/large", 900))
                .repository(SimulatedRepository.of("sim/small", 30))
                .repository(SimulatedRepository.of("sim/empty", 0))
                .start();
        GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).build();
        BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      List<BackfillSpec<?>> jobs = new ArrayList<>();
      for (String name : List.of("sim/large", "sim/small", "sim/empty", "sim/missing")) {
        jobs.add(new BackfillSpec<>(gitHub.pullRequests(Set.of()), name, store.pullRequests()));
      }
      RunOptions threeAtOnce = new RunOptions(3, true, Long.MAX_VALUE, null);
      new BackfillRunner(engine)
          .run(jobs, threeAtOnce)
          .forEach(
              result ->
                  System.out.printf(
                      "%-12s %-10s %4d  %s%n",
                      result.key().target(),
                      result.outcome(),
                      result.counts().items(),
                      result.message()));
    } finally {
      database.dispose();
    }
  }
}
