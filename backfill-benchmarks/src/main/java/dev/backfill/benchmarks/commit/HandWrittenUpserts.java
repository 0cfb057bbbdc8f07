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

/**
 * The best reasonable code by hand. It has one connection and statements that are prepared once.
 * Each chunk has three batches of upserts, one update of the progress and one commit. It has no
 * lease, no fence, no chunk log and no counts, and does not detect the loss of a commit's answer.
 */
public final class HandWrittenUpserts implements AutoCloseable {

  private static final String PROGRESS =
      "UPDATE floor_progress SET resume_cursor = ?, processed_items = ?,"
          + " updated_at = CURRENT_TIMESTAMP WHERE id = 1";

  private final Connection connection;
  private final PreparedStatement accounts;
  private final PreparedStatement repositories;
  private final PreparedStatement pullRequests;
  private final PreparedStatement progress;

  /**
   * Prepares the statements.
   *
   * @param kind the database, which decides the dialect
   * @param connection stays the caller's; its auto-commit is on again once this is closed
   * @throws SQLException if the database refuses
   */
  public HandWrittenUpserts(BenchmarkDatabase.Kind kind, Connection connection)
      throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute("DELETE FROM floor_progress");
      statement.execute("INSERT INTO floor_progress VALUES (1, NULL, 0, CURRENT_TIMESTAMP)");
    }
    connection.setAutoCommit(false);
    accounts = connection.prepareStatement(Rows.upsertAccounts(kind));
    repositories = connection.prepareStatement(Rows.upsertRepositories(kind));
    pullRequests = connection.prepareStatement(Rows.upsertPullRequests(kind));
    progress = connection.prepareStatement(PROGRESS);
  }

  /**
   * Creates the table of the progress.
   *
   * @param connection a connection to the database
   * @throws SQLException if the database refuses
   */
  public static void install(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE IF NOT EXISTS floor_progress (id bigint PRIMARY KEY,"
              + " resume_cursor varchar(100), processed_items bigint NOT NULL,"
              + " updated_at timestamp with time zone NOT NULL)");
    }
  }

  /**
   * Stores a chunk and commits it.
   *
   * @param chunk the pull requests
   * @param position the number of stored items after the chunk
   * @throws SQLException if it is not stored
   */
  public void write(List<PullRequest> chunk, int position) throws SQLException {
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
    progress.setString(1, String.valueOf(position));
    progress.setLong(2, position);
    progress.executeUpdate();
    connection.commit();
  }

  @Override
  public void close() throws SQLException {
    accounts.close();
    repositories.close();
    pullRequests.close();
    progress.close();
    connection.setAutoCommit(true);
  }
}
