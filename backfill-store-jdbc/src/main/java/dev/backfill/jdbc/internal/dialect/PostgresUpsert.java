package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.jdbc.internal.sql.StoredText;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's upsert: all rows in one statement, with an array for each column, whose text does
 * not depend on the number of rows.
 */
final class PostgresUpsert implements Pipelining {

  private final Map<UpsertTable, String> templates = new ConcurrentHashMap<>();

  @Override
  public String upsert(UpsertTable table) {
    return templates.computeIfAbsent(table, PostgresUpsert::template);
  }

  /**
   * Returns the statement. It has three properties:
   *
   * <ul>
   *   <li>It omits unchanged rows before the insert: ON CONFLICT would lock, and so write, each of
   *       them. This is a subquery and not a join, because the plan outlives the table's size at
   *       its creation: a join would continue to read the whole of a table that was small then.
   *   <li>It unnests arrays in the select list, where a row costs less than in FROM. The planner
   *       also estimates few rows there, so that one plan fits every chunk.
   *   <li>Rows keep the order of their keys.
   * </ul>
   */
  private static String template(UpsertTable table) {
    return statement(
        table,
        table.columns().stream()
            .map(column -> unnested(column) + " AS " + column.name())
            .collect(Collectors.joining(", ")));
  }

  /**
   * Returns the statement for rows of any origin.
   *
   * @param rows the rest of a query behind {@code SELECT}, with the table's columns
   */
  static String statement(UpsertTable table, String rows) {
    // xmax is zero in an inserted row, and the updating transaction in an existing one.
    return """
        INSERT INTO {%1$s} AS stored (%2$s)
        SELECT * FROM (SELECT %3$s) AS incoming
        WHERE (SELECT %5$s FROM {%1$s} AS stored WHERE %4$s) IS DISTINCT FROM FALSE
        ON CONFLICT (%6$s) DO UPDATE SET %7$s WHERE %8$s
        RETURNING xmax = 0 AS inserted"""
        .formatted(
            table.name(),
            String.join(", ", table.names()),
            rows,
            NewerWins.eachKey(table, " AND ", key -> "stored." + key + " = incoming." + key),
            NewerWins.replaces(table, "stored", "incoming"),
            NewerWins.eachKey(table, ", ", key -> key),
            NewerWins.eachValue(
                table,
                ", ",
                column -> column + " = " + NewerWins.merged(table, column, "stored", "excluded")),
            // A row may have become newer between the two checks.
            NewerWins.notNewer(table, "stored", "excluded"));
  }

  /**
   * Returns a setting that is local to the transaction, so that a pooler may change the connection
   * after it.
   */
  @Override
  public String onePlan() {
    return "set_config('plan_cache_mode', 'force_generic_plan', TRUE)";
  }

  @Override
  public int bind(PreparedStatement statement, int from, Upsert upsert) throws SQLException {
    List<Column> columns = upsert.table().columns();
    for (int i = 0; i < columns.size(); i++) {
      Array array = array(statement, columns.get(i), i, upsert.rows());
      if (array == null) {
        // Shorter arrays are filled up with nulls.
        statement.setNull(from + i, Types.ARRAY);
      } else {
        statement.setArray(from + i, array);
      }
    }
    return from + columns.size();
  }

  /** Returns the values of a column; null if all of them are null. */
  private static @Nullable Array array(
      PreparedStatement statement, Column column, int index, List<@Nullable Object[]> rows)
      throws SQLException {
    // The driver sends arrays of these types in its binary form.
    @Nullable Object[] values =
        switch (column.type()) {
          case INTEGER -> new Integer[rows.size()];
          case BIGINT, TIMESTAMP -> new Long[rows.size()];
          case BOOLEAN -> new Boolean[rows.size()];
          case TEXT -> new String[rows.size()];
        };
    boolean hasValues = false;
    for (int i = 0; i < values.length; i++) {
      Object value = rows.get(i)[index];
      if (value != null) {
        hasValues = true;
        values[i] =
            switch (column.type()) {
              case TEXT -> StoredText.of((String) value);
              case TIMESTAMP -> ChronoUnit.MICROS.between(Instant.EPOCH, (Instant) value);
              case INTEGER, BIGINT, BOOLEAN -> value;
            };
      }
    }
    return hasValues ? statement.getConnection().createArrayOf(type(column), values) : null;
  }

  /**
   * Returns the expression for a column's array. Timestamps are sent as microseconds, since the
   * driver has no binary form for arrays of them. The product is that of a double: exact for whole
   * seconds of all years, and for fractions until 2255.
   */
  private static String unnested(Column column) {
    String values = "unnest(?::" + type(column) + "[])";
    return column.type() == Column.Type.TIMESTAMP
        ? "timestamptz 'epoch' + " + values + " * interval '1 microsecond'"
        : values;
  }

  private static String type(Column column) {
    return switch (column.type()) {
      case INTEGER -> "int4";
      case BIGINT -> "int8";
      case BOOLEAN -> "bool";
      case TEXT -> "text";
      case TIMESTAMP -> "int8";
    };
  }
}
