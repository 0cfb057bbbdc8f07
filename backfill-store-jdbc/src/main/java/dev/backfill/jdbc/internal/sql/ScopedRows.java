package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/**
 * The rows of a table that belong to one target: those with a value in common.
 *
 * @param table the table's full name
 * @param scope the column of that value
 */
public record ScopedRows(String table, String scope) {

  /** Counts the rows with a value. */
  public long count(Connection connection, Object value) throws SQLException {
    String sql = "SELECT COUNT(*) FROM " + table + " WHERE " + scope + " = ?";
    return Statements.list(connection, sql, row -> row.getLong(1), value).get(0);
  }

  /**
   * Finds the keys of rows with a value.
   *
   * @param key the column of the keys
   * @param keys the keys to look for; may be empty
   * @return the keys that have a row, as the texts that were given
   */
  public Set<String> stored(Connection connection, Object value, String key, List<Object> keys)
      throws SQLException {
    if (keys.isEmpty()) {
      return Set.of();
    }
    List<Object> parameters = new ArrayList<>();
    parameters.add(value);
    parameters.addAll(keys);
    String sql =
        "SELECT %1$s FROM %2$s WHERE %3$s = ? AND %1$s IN (%4$s)"
            .formatted(key, table, scope, String.join(", ", Collections.nCopies(keys.size(), "?")));
    List<String> texts = keys.stream().map(Object::toString).toList();
    return StoredText.found(
        texts, Statements.list(connection, sql, row -> row.getString(1), parameters.toArray()));
  }
}
