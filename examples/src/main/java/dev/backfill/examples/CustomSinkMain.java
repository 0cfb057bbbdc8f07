package dev.backfill.examples;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.Sink;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.JdbcUpsert;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A table of a host's own, written in the transaction that stores the progress: pull requests by
 * month. The store verifies it as it verifies its own tables.
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
      statement.execute(
          "CREATE TABLE opened (repository_id BIGINT, number INT, opened_in CHAR(7) NOT NULL,"
              + " updated_at TIMESTAMP WITH TIME ZONE NOT NULL, PRIMARY KEY (repository_id, number))");
      try (SimulatedGitHub simulated =
              SimulatedGitHub.builder().repository(SimulatedRepository.of(TARGET, 600)).start();
          GitHub gitHub = GitHub.builder().apiUrl(simulated.url()).build();
          BackfillEngine engine = BackfillEngine.builder(store.progress()).build()) {
        // snippet: own-sink
        Sink<PullRequest> sink =
            JdbcUpsert.into("opened")
                .scope("repository_id")
                .key("number")
                .newerBy("updated_at")
                .map(CustomSinkMain::row);
        // snippet end
        BackfillSpec<PullRequest> job =
            new BackfillSpec<>(gitHub.pullRequests(Set.of()), TARGET, sink);
        System.out.println(engine.runSlice(job, SliceLimits.UNLIMITED).counts());

        // What is lost comes back with the next run, and nothing else is read again.
        statement.execute("DELETE FROM opened WHERE MOD(number, 100) = 7");
        System.out.println(engine.runSlice(job, SliceLimits.UNLIMITED).counts());
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

  // snippet: own-sink-row
  static Map<String, ?> row(PullRequest item) {
    Map<String, Object> row = new HashMap<>();
    row.put("repository_id", item.repository().id());
    row.put("number", item.number());
    row.put("opened_in", item.createdAt().toString().substring(0, 7));
    row.put("updated_at", item.updatedAt());
    return row;
  }
  // snippet end
}
