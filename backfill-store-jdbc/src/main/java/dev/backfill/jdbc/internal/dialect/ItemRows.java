package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * The rows that items become, in the order in which their tables are written: concurrent chunks
 * meet in one order and cannot deadlock.
 *
 * @param context what comes with the items, such as accounts; without empty ones
 * @param items the items' own rows, which are counted
 * @param parts what belongs to single items, such as reviews; without empty ones
 */
public record ItemRows(List<Upsert> context, Upsert items, List<Upsert> parts) {

  /** Leaves out what is empty. */
  public ItemRows {
    context = context.stream().filter(upsert -> !upsert.rows().isEmpty()).toList();
    parts = parts.stream().filter(upsert -> !upsert.rows().isEmpty()).toList();
  }

  /** Writes them, a statement or a few for each table. */
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
