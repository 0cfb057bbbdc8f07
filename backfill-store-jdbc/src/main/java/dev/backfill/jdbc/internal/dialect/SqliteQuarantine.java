package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;

/** The quarantine of a database whose statements take no arrays: many rows are many parameters. */
final class SqliteQuarantine implements QuarantineWriter {

  /** The max number of rows; a statement takes 32,766 parameters, and a row needs four. */
  private static final int MAX_ROWS = 5_000;

  private static final String TABLE = "backfill_quarantine";

  private static final String ROW =
      "(?, ?, ?, ?, 1, " + SqliteDialect.NOW + ", " + SqliteDialect.NOW + ")";

  @Override
  public int add(Connection connection, Tables tables, long backfill, List<RejectedItem> items)
      throws SQLException {
    int added = 0;
    for (List<RejectedItem> part : parts(items)) {
      List<Object> parameters = new ArrayList<>();
      part.forEach(
          item -> parameters.addAll(List.of(backfill, item.key(), item.error(), item.payload())));
      added +=
          (int)
              Statements.list(
                      connection,
                      addSql(tables, part.size()),
                      row -> row.getInt(1),
                      parameters.toArray())
                  .stream()
                  .filter(attempts -> attempts == 1)
                  .count();
    }
    return added;
  }

  @Override
  public int remove(Connection connection, Tables tables, long backfill, Collection<String> keys)
      throws SQLException {
    int removed = 0;
    for (List<String> part : parts(List.copyOf(keys))) {
      List<Object> parameters = new ArrayList<>(part);
      parameters.add(0, backfill);
      removed +=
          Statements.update(connection, removeSql(tables, part.size()), parameters.toArray());
    }
    return removed;
  }

  private static String addSql(Tables tables, int rows) {
    return "INSERT INTO "
        + tables.name(TABLE)
        + " AS stored"
        + " (backfill_id, item_key, error, payload, attempts, first_seen_at, last_seen_at) VALUES "
        + String.join(", ", Collections.nCopies(rows, ROW))
        + " ON CONFLICT (backfill_id, item_key) DO UPDATE SET error = excluded.error,"
        + " payload = excluded.payload, attempts = stored.attempts + 1,"
        + " last_seen_at = excluded.last_seen_at RETURNING attempts";
  }

  private static String removeSql(Tables tables, int rows) {
    return "DELETE FROM "
        + tables.name(TABLE)
        + " WHERE backfill_id = ? AND item_key IN ("
        + String.join(", ", Collections.nCopies(rows, "?"))
        + ")";
  }

  private static <V> List<List<V>> parts(List<V> all) {
    List<List<V>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MAX_ROWS) {
      parts.add(all.subList(from, Math.min(from + MAX_ROWS, all.size())));
    }
    return parts;
  }
}
