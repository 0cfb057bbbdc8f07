package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * The rows of items, in the order in which their tables are written. Concurrent chunks use one
 * order and cannot deadlock.
 *
 * @param context the rows beside the items, such as accounts; without empty ones
 * @param items the items' own rows, which are counted
 * @param parts the rows that belong to single items, such as reviews; without empty ones
 */
public record ItemRows(List<Upsert> context, Upsert items, List<Upsert> parts) {

  /** Removes empty ones. */
  public ItemRows {
    context = filled(context);
    parts = filled(parts);
  }

  private static List<Upsert> filled(List<Upsert> upserts) {
    List<Upsert> filled = new ArrayList<>(upserts);
    filled.removeIf(upsert -> upsert.rows().isEmpty());
    return List.copyOf(filled);
  }

  /** Writes the rows, with a statement or a few for each table. */
  public SinkCounts write(Connection connection, Dialect dialect, Tables tables)
      throws SQLException {
    for (Upsert upsert : context) {
      dialect.upsert(connection, tables, upsert);
    }
    SinkCounts counts = dialect.upsert(connection, tables, items);
    for (Upsert upsert : parts) {
      dialect.upsert(connection, tables, upsert);
    }
    return counts;
  }
}
