package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.Sink;
import java.util.List;

/**
 * A sink of which is known beforehand what it will write, so that a store can send it together with
 * its own statements.
 *
 * @param <T> the kind of item
 */
public interface RowSink<T> extends Sink<T> {

  /**
   * What {@link #write} would write.
   *
   * @param items not empty
   */
  ItemRows rows(List<T> items);
}
