package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * For scale, not a contestant: everything in one COPY for each table and one commit, into empty
 * tables. Nothing can be stored twice, and nothing is stored until all of it is.
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
      Rows.accounts(items).forEach(account -> append(accounts, account));
      copy(copies, "accounts", Rows.ACCOUNT, accounts);
      StringBuilder repositories = new StringBuilder();
      Rows.repositories(items).forEach(repository -> append(repositories, repository));
      copy(copies, "repositories", Rows.REPOSITORY, repositories);
      StringBuilder pullRequests = new StringBuilder();
      items.forEach(item -> append(pullRequests, item));
      copy(copies, "pull_requests", Rows.PULL_REQUEST, pullRequests);
      connection.commit();
      connection.setAutoCommit(true);
    }
  }

  private static void copy(
      CopyManager copies, String table, List<String> columns, StringBuilder rows)
      throws SQLException, IOException {
    copies.copyIn(
        "COPY " + table + " (" + String.join(", ", columns) + ") FROM STDIN",
        new StringReader(rows.toString()));
  }

  private static void append(StringBuilder rows, Account account) {
    row(rows, account.id(), account.login(), account.type());
  }

  private static void append(StringBuilder rows, Repository repository) {
    row(
        rows,
        repository.id(),
        repository.fullName(),
        repository.owner(),
        repository.name(),
        repository.isPrivate(),
        repository.htmlUrl(),
        repository.createdAt(),
        repository.updatedAt());
  }

  private static void append(StringBuilder rows, PullRequest item) {
    Account author = item.content().author();
    row(
        rows,
        item.repository().id(),
        item.identity().number(),
        item.identity().githubId(),
        item.content().title(),
        item.content().body(),
        item.content().state().name().toLowerCase(Locale.ROOT),
        item.content().draft(),
        item.merged(),
        author == null ? null : author.id(),
        author == null ? null : author.login(),
        item.lifecycle().createdAt(),
        item.lifecycle().updatedAt(),
        item.lifecycle().mergedAt(),
        item.lifecycle().closedAt(),
        item.branches().headRef(),
        item.branches().headSha(),
        item.branches().baseRef(),
        item.branches().baseSha(),
        item.identity().htmlUrl());
  }

  private static void row(StringBuilder rows, @Nullable Object... values) {
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        rows.append('\t');
      }
      Object value = values[i];
      if (value instanceof String text) {
        escape(rows, text);
      } else {
        rows.append(value == null ? "\\N" : value);
      }
    }
    rows.append('\n');
  }

  private static void escape(StringBuilder rows, String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\\' -> rows.append("\\\\");
        case '\t' -> rows.append("\\t");
        case '\n' -> rows.append("\\n");
        case '\r' -> rows.append("\\r");
        default -> rows.append(c);
      }
    }
  }
}
