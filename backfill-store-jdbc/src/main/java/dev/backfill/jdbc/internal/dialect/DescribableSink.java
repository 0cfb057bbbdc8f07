package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A sink of which is known beforehand what it will write, so that a store can send it together with
 * its own statements, or leave out what it has written. Such a store writes the rows itself; {@link
 * #write} is for other stores, and for rehearsals.
 *
 * @param <T> the kind of item
 */
public interface DescribableSink<T> extends Sink<T> {

  /** Names the tables that it writes, for a store to see whether they are its own. */
  Tables tables();

  /**
   * What {@link #write} would write.
   *
   * @param items not empty
   */
  ItemRows rows(List<T> items);

  /**
   * Rows that agree with what is stored.
   *
   * @param rows what to write
   * @param corrected whether stored rows were changed, so that what other writers know of them is
   *     out of date
   */
  record Settled(ItemRows rows, boolean corrected) {}

  /** Returns whether rows must be compared with what is stored before they are written. */
  default boolean dependsOnStored(ItemRows rows) {
    return false;
  }

  /** Compares rows with what is stored, in the transaction that writes them. */
  default Settled settle(Connection connection, ItemRows rows) throws SQLException {
    return new Settled(rows, false);
  }
}
