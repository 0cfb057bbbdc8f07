package dev.backfill.api.internal.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows of a table to write newer-wins.
 *
 * @param table the table
 * @param rows rows with a value for each column; {@linkplain UpsertTable#distinct distinct}
 */
public record Upsert(UpsertTable table, List<@Nullable Object[]> rows) {

  /** Creates an upsert of rows in any order, of which some may have the same key. */
  public static Upsert of(UpsertTable table, List<@Nullable Object[]> rows) {
    return new Upsert(table, table.distinct(rows));
  }
}
