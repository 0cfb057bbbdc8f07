package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.StoredText;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, from version 12 on: a chunk's rows of a table go in one statement, as arrays. */
final class PostgresDialect implements Dialect {

  private static final QuarantineWriter QUARANTINE =
      new ArrayQuarantine(
          "text",
          "INSERT INTO {backfill_quarantine} AS stored"
              + " (backfill_id, item_key, error, payload, attempts, first_seen_at, last_seen_at)"
              + " SELECT ?, incoming.*, 1, {now}, {now}"
              + " FROM unnest(?::text[], ?::text[], ?::text[]) AS incoming"
              + " ON CONFLICT (backfill_id, item_key) DO UPDATE SET error = excluded.error,"
              + " payload = excluded.payload, attempts = stored.attempts + 1,"
              + " last_seen_at = excluded.last_seen_at"
              + " RETURNING attempts");

  @Override
  public String scripts() {
    return "postgresql";
  }

  @Override
  public Map<String, String> expressions() {
    // now() would be the start of the transaction, which may have waited for a lock.
    return Map.of(
        "now", "clock_timestamp()",
        "now+millis", "(clock_timestamp() + ? * interval '1 millisecond')",
        "time", "?",
        "timestamp", "timestamp with time zone",
        // Local to the transaction, so that a pooler may change the connection after it.
        "patience", "set_config('idle_in_transaction_session_timeout', ?, TRUE)");
  }

  @Override
  public String installLock() {
    return "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";
  }

  @Override
  public boolean mayBeSupabase() {
    return true;
  }

  @Override
  public QuarantineWriter quarantine() {
    return QUARANTINE;
  }

  @Override
  public SinkCounts upsert(
      Connection connection, Tables tables, UpsertTable table, List<@Nullable Object[]> rows)
      throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(upsertSql(tables.name(table.name()), table))) {
      for (int i = 0; i < table.columns().size(); i++) {
        statement.setArray(i + 1, array(connection, table.columns().get(i), i, rows));
      }
      int inserted = 0;
      int updated = 0;
      try (ResultSet written = statement.executeQuery()) {
        while (written.next()) {
          if (written.getBoolean(1)) {
            inserted++;
          } else {
            updated++;
          }
        }
      }
      return new SinkCounts(inserted, updated);
    }
  }

  /**
   * Rows that would change nothing are left out before the insert: ON CONFLICT would lock, and so
   * write, each of them. The condition stands twice because a row may change between the two looks.
   * It is a subquery and not a join because the plan outlives the size that the table had when it
   * was made: a join would go on reading the whole of a table that was small then.
   */
  private static String upsertSql(String name, UpsertTable table) {
    // xmax is zero in a row that was inserted, and the updating transaction in one that was there.
    return """
        INSERT INTO %1$s AS stored (%2$s)
        SELECT %2$s FROM unnest(%3$s) AS incoming (%2$s)
        WHERE (SELECT %5$s FROM %1$s AS stored WHERE %4$s) IS DISTINCT FROM FALSE
        ORDER BY %6$s
        ON CONFLICT (%6$s) DO UPDATE SET %7$s WHERE %8$s
        RETURNING xmax = 0"""
        .formatted(
            name,
            String.join(", ", table.names()),
            table.columns().stream()
                .map(column -> "?::" + type(column) + "[]")
                .collect(Collectors.joining(", ")),
            table.eachKey(" AND ", key -> "stored." + key + " = incoming." + key),
            table.replaces("stored", "incoming"),
            table.eachKey(", ", key -> key),
            table.eachValue(
                ", ", column -> column + " = " + table.merged(column, "stored", "excluded")),
            table.replaces("stored", "excluded"));
  }

  private static Array array(
      Connection connection, Column column, int index, List<@Nullable Object[]> rows)
      throws SQLException {
    @Nullable Object[] values = new @Nullable Object[rows.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = rows.get(i)[index];
      values[i] =
          switch (column.type()) {
            case TEXT -> value == null ? null : StoredText.of((String) value);
            case TIMESTAMP -> value == null ? null : value.toString();
            case INTEGER, BIGINT, BOOLEAN -> value;
          };
    }
    return connection.createArrayOf(type(column), values);
  }

  private static String type(Column column) {
    return switch (column.type()) {
      case INTEGER -> "int4";
      case BIGINT -> "int8";
      case BOOLEAN -> "bool";
      case TEXT -> "text";
      case TIMESTAMP -> "timestamptz";
    };
  }
}
