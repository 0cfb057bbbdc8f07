package dev.backfill.examples;

import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;

import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHubClient;
import dev.backfill.github.GitHubSources;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.net.URI;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** The code of the README, run against a simulated GitHub. */
public final class FirstStepsMain {

  private FirstStepsMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception when it fails
   */
  public static void main(String[] args) throws Exception {
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("apache/commons-csv", 120))
            .start()) {
      pull(gitHub.url(), JdbcConnectionPool.create("jdbc:h2:mem:first-steps", "sa", ""));
    }
  }

  private static void pull(URI apiUrl, DataSource database) throws InterruptedException {
    // README: begin
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (GitHubClient github = GitHubClient.builder().apiUrl(apiUrl).build();
        BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
      var pullRequests = GitHubSources.pullRequests(github, Set.of(DETAILS, REVIEWS));
      var job = new BackfillSpec<>(pullRequests, "apache/commons-csv", store.pullRequests());
      new BackfillRunner(engine)
          .run(List.of(job), RunOptions.DEFAULT)
          .forEach(result -> System.out.println(result.key() + ": " + result.message()));
    }
    // README: end
  }
}
