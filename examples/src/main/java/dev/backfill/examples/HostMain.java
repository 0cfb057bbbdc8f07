package dev.backfill.examples;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A host with a manager, which starts and closes with the application. Repositories are tracked
 * while it runs, and each gets a first slice at once.
 */
public final class HostMain {

  private HostMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    List<String> targets = List.of("sim/large", "sim/small", "sim/empty");
    CountDownLatch complete = new CountDownLatch(targets.size());
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:host", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/large", 900))
                .repository(SimulatedRepository.of("sim/small", 30))
                .repository(SimulatedRepository.of("sim/empty", 0))
                .start();
        GitHub gitHub =
            GitHub.builder()
                .apiUrl(simulated.url())
                // A limit on another process makes this one wait, too.
                .sharedLimits(store.limits())
                .build();
        BackfillManager manager =
            BackfillManager.builder(store.progress(), store.jobs())
                .source(gitHub.pullRequests(Set.of()), store.pullRequests())
                .listener(
                    event -> {
                      if (event instanceof BackfillEvent.JobNoted noted) {
                        System.out.printf(
                            "%-10s %-10s %s%n",
                            noted.key().target(), noted.event().kind(), noted.event().reason());
                      }
                      if (event instanceof BackfillEvent.SliceEnded ended
                          && ended.status().isCompleted()) {
                        complete.countDown();
                      }
                    })
                .build()) {
      manager.start();
      targets.forEach(manager::track);
      complete.await();
      System.out.println("Missing: " + manager.detectMissing());
    } finally {
      database.dispose();
    }
  }
}
