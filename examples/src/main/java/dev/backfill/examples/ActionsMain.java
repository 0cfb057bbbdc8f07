package dev.backfill.examples;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubActionsDispatcher;
import dev.backfill.github.GitHubIssueReporter;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedActions;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.SimulatedWorkflow;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A host that uses GitHub Actions: it sends a job there by dispatching a workflow. The workflow
 * starts a worker, which claims the job and completes it. Here both are in one process, and GitHub
 * is simulated.
 */
public final class ActionsMain {

  private static final String HOST = "sim/host";
  private static final String FILE = "progressive-backfill.yml";
  private static final String TARGET = "sim/shared";

  private ActionsMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:actions", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of(TARGET, 500), SimulatedRepository.of(HOST, 0))
                .start();
        GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).token("a-token").build()) {
      simulated.actions().add(HOST, SimulatedWorkflow.of(FILE));
      send(gitHub, store);
      SimulatedActions.Run run = simulated.actions().runs().get(0);
      System.out.println(
          "GitHub starts a run with " + run.inputs().keySet().stream().sorted().toList());
      work(gitHub, store, Objects.requireNonNull(run.inputs().get("correlation_id")));
      BackfillKey key = new BackfillKey("github:pull-requests", TARGET);
      for (JobEvent event :
          store.jobs().events(store.jobs().find(key).orElseThrow().id(), 0, 100)) {
        System.out.printf("%-10s %s%n", event.kind(), event.reason());
      }
    } finally {
      database.dispose();
    }
  }

  private static BackfillManager.Builder manager(GitHub gitHub, JdbcStore store) {
    return BackfillManager.builder(store.progress(), store.jobs())
        .source(gitHub.pullRequests(Set.of()), store.pullRequests());
  }

  /** Runs the host: here all targets go to GitHub Actions, and failures become issues. */
  private static void send(GitHub gitHub, JdbcStore store) throws InterruptedException {
    try (BackfillManager host =
        manager(gitHub, store)
            .router(JobRouter.standard(100))
            .dispatcher(GitHubActionsDispatcher.builder(gitHub, HOST, FILE).build())
            .failureReporter(GitHubIssueReporter.builder(gitHub, HOST, store.failures()).build())
            .build()) {
      host.track(TARGET);
      host.runDue();
    }
  }

  /** Does the same as {@code backfill worker --destination github-actions --correlation-id ID}. */
  private static void work(GitHub gitHub, JdbcStore store, String correlationId)
      throws InterruptedException {
    try (BackfillManager worker =
        manager(gitHub, store)
            .destination(Destination.GITHUB_ACTIONS)
            .correlationId(correlationId)
            .build()) {
      worker.runFor(Duration.ofMinutes(5));
    }
  }
}
