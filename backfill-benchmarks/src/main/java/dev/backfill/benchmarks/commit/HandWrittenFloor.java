package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.benchmarks.BenchmarkDatabase;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * The best that one would reasonably write by hand: one connection, statements prepared once, for
 * each chunk three batches of upserts, one update of the progress, one commit. It has no lease, no
 * fence, no chunk log, no counts, and does not know when a commit's answer was lost.
 */
final class HandWrittenFloor implements Writer {

  private static final String PROGRESS =
      "UPDATE floor_progress SET resume_cursor = ?, processed_items = ?,"
          + " updated_at = CURRENT_TIMESTAMP WHERE id = 1";

  private final BenchmarkDatabase.Kind kind;
  private final DataSource dataSource;

  HandWrittenFloor(BenchmarkDatabase.Kind kind, DataSource dataSource) throws SQLException {
    this.kind = kind;
    this.dataSource = dataSource;
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS floor_progress (id bigint PRIMARY KEY,"
              + " resume_cursor varchar(100), processed_items bigint NOT NULL,"
              + " updated_at timestamp with time zone NOT NULL)");
    }
  }

  @Override
  public void store(List<PullRequest> items, int chunkSize) throws SQLException {
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM floor_progress");
      statement.execute("INSERT INTO floor_progress VALUES (1, NULL, 0, CURRENT_TIMESTAMP)");
      connection.setAutoCommit(false);
      try (PreparedStatement accounts =
              connection.prepareStatement(Rows.upsertAccounts(kind));
          PreparedStatement repositories =
              connection.prepareStatement(Rows.upsertRepositories(kind));
          PreparedStatement pullRequests =
              connection.prepareStatement(Rows.upsertPullRequests(kind));
          PreparedStatement progress = connection.prepareStatement(PROGRESS)) {
        for (int from = 0; from < items.size(); from += chunkSize) {
          int to = Math.min(items.size(), from + chunkSize);
          List<PullRequest> chunk = items.subList(from, to);
          for (Account account : Rows.accounts(chunk)) {
            Rows.bind(accounts, account);
            accounts.addBatch();
          }
          accounts.executeBatch();
          for (Repository repository : Rows.repositories(chunk)) {
            Rows.bind(repositories, repository);
            repositories.addBatch();
          }
          repositories.executeBatch();
          for (PullRequest item : chunk) {
            Rows.bind(pullRequests, item);
            pullRequests.addBatch();
          }
          pullRequests.executeBatch();
          progress.setString(1, String.valueOf(to));
          progress.setLong(2, to);
          progress.executeUpdate();
          connection.commit();
        }
      } finally {
        connection.setAutoCommit(true);
      }
    }
  }
}
