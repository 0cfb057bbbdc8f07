package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * H2, from version 2.2 on. Two batches: new rows, then changes of those that were there; so both
 * can be counted.
 */
final class H2Dialect implements Dialect {

  @Override
  public String scripts() {
    return "h2";
  }

  @Override
  public Map<String, String> expressions() {
    // The time of the transaction's start: where it waited for a lock, a lease ends sooner, and one
    // that has just expired counts as live. Both are safe.
    return Map.of(
        "now", "CURRENT_TIMESTAMP",
        "now+millis", "DATEADD('MILLISECOND', ?, CURRENT_TIMESTAMP)");
  }

  @Override
  public @Nullable String installLock() {
    return null;
  }

  @Override
  public String quarantine() {
    return "MERGE INTO {backfill_quarantine} AS stored"
        + " USING (VALUES (CAST(? AS BIGINT), CAST(? AS VARCHAR), CAST(? AS VARCHAR),"
        + " CAST(? AS VARCHAR))) AS incoming (backfill_id, item_key, error, payload)"
        + " ON stored.backfill_id = incoming.backfill_id AND stored.item_key = incoming.item_key"
        + " WHEN MATCHED THEN UPDATE SET error = incoming.error, payload = incoming.payload,"
        + " attempts = stored.attempts + 1, last_seen_at = {now}"
        + " WHEN NOT MATCHED THEN INSERT"
        + " (backfill_id, item_key, error, payload, attempts, first_seen_at, last_seen_at)"
        + " VALUES (incoming.backfill_id, incoming.item_key, incoming.error, incoming.payload, 1,"
        + " {now}, {now})";
  }

  @Override
  public SinkCounts upsert(
      Connection connection, Tables tables, UpsertTable table, List<@Nullable Object[]> rows)
      throws SQLException {
    String name = tables.name(table.name());
    List<@Nullable Object[]> there = new ArrayList<>();
    int inserted = batch(connection, insertSql(name, table), rows, there);
    int updated =
        there.isEmpty() ? 0 : batch(connection, updateSql(name, table), there, new ArrayList<>());
    return new SinkCounts(inserted, updated);
  }

  /** Runs a statement for each row, and says how many had an effect; the others are collected. */
  private static int batch(
      Connection connection,
      String sql,
      List<@Nullable Object[]> rows,
      List<@Nullable Object[]> others)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        Statements.bind(statement, row);
        statement.addBatch();
      }
      int[] counts = execute(statement);
      int effective = 0;
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] > 0) {
          effective++;
        } else {
          others.add(rows.get(i));
        }
      }
      return effective;
    }
  }

  /** A key that another transaction has just stored is one that is there. */
  private static int[] execute(PreparedStatement statement) throws SQLException {
    try {
      return statement.executeBatch();
    } catch (BatchUpdateException e) {
      for (SQLException each = e.getNextException(); each != null; each = each.getNextException()) {
        if (!SqlFailures.isDuplicateKey(each)) {
          throw e;
        }
      }
      if (!SqlFailures.isDuplicateKey(e)) {
        throw e;
      }
      int[] counts = e.getUpdateCounts();
      for (int i = 0; i < counts.length; i++) {
        counts[i] = counts[i] == Statement.EXECUTE_FAILED ? 0 : counts[i];
      }
      return counts;
    }
  }

  private static String insertSql(String name, UpsertTable table) {
    String columns = String.join(", ", table.names());
    return "INSERT INTO "
        + name
        + " ("
        + columns
        + ") SELECT "
        + columns
        + " FROM "
        + incoming(table)
        + " WHERE NOT EXISTS (SELECT 1 FROM "
        + name
        + " AS stored WHERE "
        + sameKey(table)
        + ")";
  }

  private static String updateSql(String name, UpsertTable table) {
    return "MERGE INTO "
        + name
        + " AS stored USING "
        + incoming(table)
        + " ON "
        + sameKey(table)
        + " WHEN MATCHED AND "
        + table.replaces("stored", "incoming")
        + " THEN UPDATE SET "
        + table.eachValue(
            ", ", column -> column + " = " + table.merged(column, "stored", "incoming"));
  }

  private static String incoming(UpsertTable table) {
    return table.columns().stream()
        .map(column -> "CAST(? AS " + type(column) + ")")
        .collect(
            Collectors.joining(
                ", ", "(VALUES (", ")) AS incoming (" + String.join(", ", table.names()) + ")"));
  }

  private static String sameKey(UpsertTable table) {
    return table.eachKey(" AND ", key -> "stored." + key + " = incoming." + key);
  }

  private static String type(Column column) {
    return switch (column.type()) {
      case INTEGER -> "INTEGER";
      case BIGINT -> "BIGINT";
      case BOOLEAN -> "BOOLEAN";
      case TEXT -> "VARCHAR";
      case TIMESTAMP -> "TIMESTAMP WITH TIME ZONE";
    };
  }
}
