package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.StoredText;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * The quarantine of a database whose statements take arrays, of any length.
 *
 * @param textType the database's name for the type of a text
 * @param add the template of a query that adds rows or raises the attempts of existing ones, and
 *     returns each row's attempts; parameters: backfill, and arrays of keys, errors and payloads
 */
record ArrayQuarantine(String textType, String add) implements QuarantineWriter {

  private static final String REMOVE =
      "DELETE FROM {backfill_quarantine} WHERE backfill_id = ? AND item_key = ANY(?)";

  @Override
  public int add(Connection connection, Tables tables, long backfill, List<RejectedItem> items)
      throws SQLException {
    List<Integer> attempts =
        Statements.list(
            connection,
            tables.sql(add),
            row -> row.getInt(1),
            backfill,
            texts(connection, items, RejectedItem::key),
            texts(connection, items, RejectedItem::error),
            texts(connection, items, RejectedItem::payload));
    return (int) attempts.stream().filter(count -> count == 1).count();
  }

  @Override
  public int remove(Connection connection, Tables tables, long backfill, Collection<String> keys)
      throws SQLException {
    return Statements.update(
        connection, tables.sql(REMOVE), backfill, texts(connection, keys, Function.identity()));
  }

  private <V> Array texts(Connection connection, Collection<V> values, Function<V, String> text)
      throws SQLException {
    return connection.createArrayOf(
        textType, values.stream().map(text).map(StoredText::of).toArray());
  }
}
