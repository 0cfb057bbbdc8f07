package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A sink that describes its rows before it writes them. A store can then send them together with
 * its own statements, or omit rows that it has already written. Such a store writes the rows
 * itself; {@link #write} is for other stores, and for trial writes.
 *
 * @param <T> the kind of item
 */
public interface DescribableSink<T> extends Sink<T> {

  /** Returns the tables that it writes, so that a store can compare them with its own. */
  Tables tables();

  /**
   * Returns the rows that {@link #write} would write.
   *
   * @param items not empty
   */
  ItemRows rows(List<T> items);

  /**
   * Rows that agree with stored rows.
   *
   * @param rows the rows to write
   * @param corrected true if stored rows were changed, so that the caches of other writers are
   *     outdated
   */
  record Settled(ItemRows rows, boolean corrected) {}

  /** Returns true if rows must be compared with stored rows before they are written. */
  default boolean dependsOnStored(ItemRows rows) {
    return false;
  }

  /** Compares rows with stored rows, in the transaction that writes them. */
  default Settled settle(Connection connection, ItemRows rows) throws SQLException {
    return new Settled(rows, false);
  }
}
