package dev.backfill.jdbc.internal.history;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.Repository;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.UpsertTable;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of history tables. All sinks write accounts first, then repositories, then their own
 * tables, each in the order of its keys: concurrent chunks meet in one order and cannot deadlock.
 */
final class HistoryWriter {

  private final Dialect dialect;
  private final Tables tables;

  HistoryWriter(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
  }

  SinkCounts write(Connection connection, UpsertTable table, List<@Nullable Object[]> rows)
      throws SQLException {
    return rows.isEmpty()
        ? SinkCounts.NONE
        : dialect.upsert(connection, tables, table, table.distinct(rows));
  }

  void writeContext(
      Connection connection, Stream<@Nullable Account> accounts, Stream<Repository> repositories)
      throws SQLException {
    List<@Nullable Object[]> people = new ArrayList<>();
    accounts
        .filter(Objects::nonNull)
        .distinct()
        .forEach(account -> people.add(row(account.id(), account.login(), account.type())));
    write(connection, HistoryTables.ACCOUNTS, people);
    List<@Nullable Object[]> places = new ArrayList<>();
    repositories.distinct().forEach(repository -> places.add(row(repository)));
    write(connection, HistoryTables.REPOSITORIES, places);
  }

  static @Nullable Object[] row(@Nullable Object... values) {
    return values;
  }

  static @Nullable Long id(@Nullable Account account) {
    return account == null ? null : Long.valueOf(account.id());
  }

  static @Nullable String login(@Nullable Account account) {
    return account == null ? null : account.login();
  }

  private static @Nullable Object[] row(Repository repository) {
    return row(
        repository.id(),
        repository.fullName(),
        repository.owner(),
        repository.name(),
        repository.isPrivate(),
        repository.htmlUrl(),
        repository.createdAt(),
        repository.updatedAt());
  }
}
