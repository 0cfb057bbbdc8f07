package dev.backfill.api.internal.history;

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
}
