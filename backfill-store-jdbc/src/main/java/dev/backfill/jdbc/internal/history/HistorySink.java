package dev.backfill.jdbc.internal.history;

import dev.backfill.api.internal.history.BotLogins;
import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.HistoryRows;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTable.Reported;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.jdbc.internal.dialect.DescribableSink;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.ScopedRows;
import dev.backfill.jdbc.internal.sql.SinkConnections;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Items of one kind in a table of the history. Their scope is their repository's number.
 *
 * @param dialect writes the rows
 * @param tables names the table
 * @param table the definition of the table
 */
record HistorySink<T>(Dialect dialect, Tables tables, HistoryTable<T> table)
    implements DescribableSink<T> {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Override
  public SinkCounts write(List<T> items, SinkTransaction transaction) throws SQLException {
    Connection connection = SinkConnections.of(transaction);
    ItemRows rows = rows(items);
    ItemRows settled = dependsOnStored(rows) ? settle(connection, rows).rows() : rows;
    return dialect.write(connection, tables, settled);
  }

  @Override
  public ItemRows rows(List<T> items) {
    return HistoryRows.of(table, items);
  }

  @Override
  public boolean dependsOnStored(ItemRows rows) {
    return BotLogins.areIn(rows);
  }

  @Override
  public Settled settle(Connection connection, ItemRows rows) throws SQLException {
    return StoredBotLogins.settle(connection, tables, rows);
  }

  @Override
  public OptionalLong count(String scope, SinkTransaction transaction) throws SQLException {
    Optional<Connection> connection = transaction.unwrap(Connection.class);
    if (connection.isEmpty() || !isNumber(scope)) {
      return OptionalLong.empty();
    }
    return OptionalLong.of(items().count(connection.get(), Long.parseLong(scope)));
  }

  @Override
  public Optional<Set<String>> stored(String scope, List<String> keys, SinkTransaction transaction)
      throws SQLException {
    Optional<Connection> connection = transaction.unwrap(Connection.class);
    if (connection.isEmpty() || !isNumber(scope)) {
      return Optional.empty();
    }
    String key = table.itemKey().name();
    return Optional.of(items().stored(connection.get(), Long.parseLong(scope), key, values(keys)));
  }

  /**
   * Returns the difference as a note and not as a gap: the number may be of an older version of its
   * pull request, and too high.
   */
  @Override
  public Optional<String> difference(String scope, SinkTransaction transaction)
      throws SQLException {
    Optional<Connection> connection = transaction.unwrap(Connection.class);
    Reported reported = table.reported();
    if (reported == null || connection.isEmpty() || !isNumber(scope)) {
      return Optional.empty();
    }
    String sql =
        ("SELECT COUNT(*), SUM(p.%1$s - COALESCE(c.items, 0)) FROM %2$s p LEFT JOIN"
                + " (SELECT %3$s AS owner_number, COUNT(*) AS items FROM %4$s"
                + " WHERE repository_id = ? AND %5$s GROUP BY %3$s) c ON c.owner_number = p.number"
                + " WHERE p.repository_id = ? AND p.%1$s > COALESCE(c.items, 0)")
            .formatted(
                reported.column(),
                tables.name(HistoryTables.PULL_REQUESTS.table().name()),
                reported.owner(),
                tables.name(table.table().name()),
                reported.condition());
    long repository = Long.parseLong(scope);
    return Statements.list(
            connection.get(),
            sql,
            row -> new long[] {row.getLong(1), row.getLong(2)},
            repository,
            repository)
        .stream()
        .filter(found -> found[0] > 0)
        .map(
            found ->
                found[0]
                    + " stored pull requests report "
                    + found[1]
                    + " "
                    + reported.words()
                    + " more than are stored of them")
        .findFirst();
  }

  /** Returns keys as values of their column. A text that is no number is no key of a number. */
  private List<Object> values(List<String> keys) {
    return table.itemKey().type() == Column.Type.TEXT
        ? List.copyOf(keys)
        : keys.stream().filter(HistorySink::isNumber).<Object>map(Long::valueOf).toList();
  }

  private ScopedRows items() {
    return new ScopedRows(tables.name(table.table().name()), HistoryTable.REPOSITORY_ID);
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }
}
