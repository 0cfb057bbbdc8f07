package dev.backfill.examples;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcSink;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;

/**
 * A custom table, written in the same transaction as the progress: pull requests by month. The
 * engine verifies it like the library's own tables, since its sink counts and finds stored items.
 */
public final class CustomSinkMain {

  private static final String TARGET = "sim/months";

  private CustomSinkMain() {}

  /**
   * Runs the example.
   *
   * @param args none
   * @throws Exception if it fails
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
        Sink<PullRequest> sink = JdbcSink.of(new MonthSink());
        BackfillSpec<PullRequest> job =
            new BackfillSpec<>(gitHub.pullRequests(Set.of()), TARGET, sink);
        System.out.println(engine.runSlice(job, SliceLimits.UNLIMITED).counts());

        // The next run restores the deleted rows, and reads nothing else again.
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

  /** A sink that writes rows newer-wins, and neither commits nor closes. */
  private static final class MonthSink implements JdbcSink<PullRequest> {

    private static final String INSERT =
        "INSERT INTO opened (opened_in, updated_at, repository_id, number) SELECT ?, ?, ?, ? WHERE"
            + " NOT EXISTS (SELECT 1 FROM opened WHERE repository_id = ? AND number = ?)";

    private static final String UPDATE =
        "UPDATE opened SET opened_in = ?, updated_at = ? WHERE repository_id = ? AND number = ?"
            + " AND updated_at <= ? AND (updated_at < ? OR opened_in <> ?)";

    @Override
    public SinkCounts write(Connection connection, List<PullRequest> items) throws SQLException {
      int inserted = 0;
      int updated = 0;
      try (PreparedStatement insert = connection.prepareStatement(INSERT);
          PreparedStatement update = connection.prepareStatement(UPDATE)) {
        for (PullRequest item : items) {
          OffsetDateTime changed = item.updatedAt().atOffset(ZoneOffset.UTC);
          String month = item.createdAt().toString().substring(0, 7);
          long repository = item.repository().id();
          int number = item.number();
          // An item may arrive again, also in an older state: after a crash, or from another
          // worker.
          set(insert, month, changed, repository, number, repository, number);
          set(update, month, changed, repository, number, changed, changed, month);
          // The insert first: the update then compares rows that another writer inserts meanwhile.
          inserted += insert.executeUpdate();
          updated += update.executeUpdate();
        }
      }
      return new SinkCounts(inserted, updated);
    }

    private static void set(PreparedStatement statement, Object... values) throws SQLException {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
    }

    @Override
    public OptionalLong count(Connection connection, String scope) throws SQLException {
      try (PreparedStatement query =
          connection.prepareStatement("SELECT COUNT(*) FROM opened WHERE repository_id = ?")) {
        query.setLong(1, Long.parseLong(scope));
        try (ResultSet rows = query.executeQuery()) {
          rows.next();
          return OptionalLong.of(rows.getLong(1));
        }
      }
    }

    @Override
    public Optional<Set<String>> stored(Connection connection, String scope, List<String> keys)
        throws SQLException {
      Set<String> stored = new HashSet<>();
      try (PreparedStatement query =
          connection.prepareStatement(
              "SELECT 1 FROM opened WHERE repository_id = ? AND number = ?")) {
        for (String key : keys) {
          set(query, Long.parseLong(scope), Integer.parseInt(key));
          try (ResultSet rows = query.executeQuery()) {
            if (rows.next()) {
              stored.add(key);
            }
          }
        }
      }
      return Optional.of(stored);
    }
  }
}
