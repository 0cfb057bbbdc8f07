package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * One COPY for each table and one commit, into empty tables; for scale, not a contestant. It cannot
 * store an item twice, and stores nothing until it stores everything.
 */
final class CopyOfEverything implements Writer {

  private final DataSource dataSource;

  CopyOfEverything(DataSource dataSource) {
    this.dataSource = dataSource;
  }

  @Override
  public void store(List<PullRequest> items, int chunkSize) throws SQLException, IOException {
    try (Connection connection = dataSource.getConnection()) {
      connection.setAutoCommit(false);
      CopyManager copies = connection.unwrap(PGConnection.class).getCopyAPI();
      StringBuilder accounts = new StringBuilder();
      Rows.accounts(items).forEach(account -> CopyText.append(accounts, Rows.values(account)));
      copy(copies, "accounts", Rows.ACCOUNT, accounts);
      StringBuilder repositories = new StringBuilder();
      Rows.repositories(items)
          .forEach(repository -> CopyText.append(repositories, Rows.values(repository)));
      copy(copies, "repositories", Rows.REPOSITORY, repositories);
      StringBuilder pullRequests = new StringBuilder();
      items.forEach(item -> CopyText.append(pullRequests, Rows.values(item)));
      copy(copies, "pull_requests", Rows.PULL_REQUEST, pullRequests);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static void copy(
      CopyManager copies, String table, List<String> columns, StringBuilder rows)
      throws SQLException, IOException {
    copies.copyIn(CopyText.statement(table, columns), new StringReader(rows.toString()));
  }
}
