package dev.backfill.examples;

import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;

import dev.backfill.core.BackfillRunner;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** The code of the README, run against a simulated GitHub. */
public final class FirstStepsMain {

  private FirstStepsMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
   */
  public static void main(String[] args) throws Exception {
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("apache/commons-csv", 120))
            .start()) {
      pull(gitHub.url(), JdbcConnectionPool.create("jdbc:h2:mem:first-steps", "sa", ""));
    }
  }

  private static void pull(URI apiUrl, DataSource dataSource)
      throws InterruptedException, SQLException {
    // snippet: quickstart
    try (var github = GitHub.builder().apiUrl(apiUrl).build();
        var runner = BackfillRunner.with(JdbcStore.open(dataSource).installSchema())) {
      var result = runner.run(github.pullRequests(DETAILS, REVIEWS), "apache/commons-csv");
      System.out.println(result.message());
    }
    // snippet end
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM pull_requests")) {
      rows.next();
      System.out.println(rows.getInt(1) + " pull requests are stored.");
    }
  }
}
