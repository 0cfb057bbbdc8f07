package dev.backfill.jdbc.internal.history;

import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Tables;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The sinks of the history model. Counts are of the items themselves, not of their context. */
public final class HistorySinks {

  private final Dialect dialect;
  private final Tables tables;
  private final Map<Class<?>, Sink<?>> byType = new HashMap<>();

  /** Creates it. */
  public HistorySinks(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
    for (HistoryTable<?> table : HistoryTables.ALL) {
      byType.put(table.itemType(), of(table));
    }
  }

  /** Returns a sink for a table. */
  public <T> Sink<T> of(HistoryTable<T> table) {
    return new HistorySink<>(dialect, tables, table);
  }

  /** Finds the sink for a type of the history model. */
  @SuppressWarnings("unchecked") // Each sink is listed under the type of its own items.
  public <T> Optional<Sink<T>> find(Class<T> itemType) {
    return Optional.ofNullable((Sink<T>) byType.get(itemType));
  }
}
