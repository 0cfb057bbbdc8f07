package dev.backfill.examples;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillJob;
import dev.backfill.core.SliceLimits;
import dev.backfill.core.SliceResult;
import dev.backfill.github.GitHubClient;
import dev.backfill.github.GitHubSources;
import dev.backfill.jdbc.JdbcSink;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A table of one's own, written in the same transaction as the progress: here pull requests by
 * month.
 */
public final class CustomSinkMain {

  private static final String TARGET = "sim/months";

  private CustomSinkMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception when it fails
   */
  public static void main(String[] args) throws Exception {
    JdbcConnectionPool database = JdbcConnectionPool.create("jdbc:h2:mem:months", "sa", "");
    JdbcStore store = JdbcStore.open(database);
    store.installSchema();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE opened (number INT PRIMARY KEY, opened_in CHAR(7) NOT NULL)");
      try (SimulatedGitHub simulated =
              SimulatedGitHub.builder().repository(SimulatedRepository.of(TARGET, 600)).start();
          GitHubClient gitHub = GitHubClient.builder().apiUrl(simulated.url()).build();
          BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        Sink<PullRequest> sink = JdbcSink.of(CustomSinkMain::write);
        SliceResult result =
            engine.runSlice(
                new BackfillJob<>(GitHubSources.pullRequests(gitHub, Set.of()), TARGET, sink),
                SliceLimits.UNLIMITED);
        System.out.println(result.counts());
      }
      try (ResultSet months =
          statement.executeQuery(
              "SELECT opened_in, COUNT(*) FROM opened GROUP BY opened_in ORDER BY opened_in")) {
        while (months.next()) {
          System.out.println(months.getString(1) + " " + months.getInt(2));
        }
      }
    } finally {
      database.dispose();
    }
  }

  /** Idempotent, since an item may come again after a crash; and it neither commits nor closes. */
  private static SinkCounts write(Connection connection, List<PullRequest> items)
      throws SQLException {
    try (PreparedStatement merge =
        connection.prepareStatement("MERGE INTO opened KEY (number) VALUES (?, ?)")) {
      for (PullRequest pullRequest : items) {
        merge.setInt(1, pullRequest.identity().number());
        merge.setString(2, pullRequest.lifecycle().createdAt().toString().substring(0, 7));
        merge.addBatch();
      }
      merge.executeBatch();
    }
    return new SinkCounts(items.size(), 0);
  }
}
