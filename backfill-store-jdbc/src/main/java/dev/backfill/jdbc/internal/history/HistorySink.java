package dev.backfill.jdbc.internal.history;

import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.jdbc.internal.dialect.DescribableSink;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.dialect.UpsertTable;
import dev.backfill.jdbc.internal.sql.ScopedRows;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Items of one kind in a table of the history. Their scope is their repository's number, and their
 * keys are numbers too.
 *
 * @param tables names the table
 * @param table the table of the items
 * @param key the column of their keys
 * @param rows returns their rows
 * @param writer writes them
 * @param reported the number that stored pull requests report of them, or null
 */
public record HistorySink<T>(
    Tables tables,
    UpsertTable table,
    String key,
    Function<List<T>, ItemRows> rows,
    Sink<T> writer,
    @Nullable Reported reported)
    implements DescribableSink<T> {

  /**
   * A number that each stored pull request reports.
   *
   * @param column the column of the number
   * @param owner the column of the items that contains the pull request's number
   * @param condition selects the items that belong to pull requests
   * @param words the items, for users
   */
  record Reported(String column, String owner, String condition, String words) {}

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Override
  public SinkCounts write(List<T> items, SinkTransaction transaction) throws Exception {
    return writer.write(items, transaction);
  }

  @Override
  public ItemRows rows(List<T> items) {
    return rows.apply(items);
  }

  @Override
  public boolean dependsOnStored(ItemRows rows) {
    return BotLogins.areIn(rows);
  }

  @Override
  public Settled settle(Connection connection, ItemRows rows) throws SQLException {
    return BotLogins.settle(connection, tables, rows);
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
    List<Object> numbers =
        keys.stream().filter(HistorySink::isNumber).<Object>map(Long::valueOf).toList();
    return Optional.of(items().stored(connection.get(), Long.parseLong(scope), key, numbers));
  }

  /**
   * Returns the difference as a note and not as a gap: the number may be of an older version of its
   * pull request, and too high.
   */
  @Override
  public Optional<String> difference(String scope, SinkTransaction transaction)
      throws SQLException {
    Optional<Connection> connection = transaction.unwrap(Connection.class);
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
                tables.name(HistoryTables.PULL_REQUESTS.name()),
                reported.owner(),
                tables.name(table.name()),
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

  private ScopedRows items() {
    return new ScopedRows(tables.name(table.name()), "repository_id");
  }

  private static boolean isNumber(String text) {
    return NUMBER.matcher(text).matches();
  }
}
