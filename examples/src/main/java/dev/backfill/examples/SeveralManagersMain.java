package dev.backfill.examples;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.RunSummary;
import dev.backfill.examples.support.HistoryReport;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * Several processes: three managers on one database, like three nodes of a host. They share the
 * work without knowing each other, and store nothing twice.
 */
public final class SeveralManagersMain {

  private SeveralManagersMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:managers", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    ExecutorService nodes = Executors.newFixedThreadPool(3);
    SimulatedGitHub.Builder github = SimulatedGitHub.builder();
    for (int i = 0; i < 12; i++) {
      github.repository(SimulatedRepository.of("sim/repo-" + i, 250));
    }
    try (SimulatedGitHub simulated = github.start()) {
      Callable<RunSummary> node = () -> work(simulated, store);
      int completed = 0;
      for (Future<RunSummary> each : nodes.invokeAll(List.of(node, node, node))) {
        System.out.printf("A node completed %d of 12.%n", each.get().completed());
        completed += each.get().completed();
      }
      System.out.printf("Together: %d%n", completed);
      HistoryReport.print(database, System.out);
    } finally {
      nodes.shutdown();
      database.dispose();
    }
  }

  private static RunSummary work(SimulatedGitHub simulated, JdbcStore store)
      throws InterruptedException {
    try (GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).build();
        BackfillManager manager =
            BackfillManager.builder(store.progress(), store.jobs())
                .source(gitHub.pullRequests(Set.of()), store.pullRequests())
                .parallelism(2)
                .rules(rules -> rules.withSync(null))
                .build()) {
      for (int i = 0; i < 12; i++) {
        manager.track("sim/repo-" + i);
      }
      return manager.runFor(Duration.ofMinutes(2));
    }
  }
}
