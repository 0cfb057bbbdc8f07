package dev.backfill.api.store;

import java.util.Optional;

/**
 * The transaction of a chunk, as a sink sees it. A sink that writes through it commits or vanishes
 * with the chunk. A sink that writes elsewhere may see the same items again after a crash: at least
 * once, so its writes must be idempotent.
 */
public interface SinkTransaction {

  /**
   * The store's own handle of the transaction, such as a {@code java.sql.Connection}. The sink
   * neither commits nor closes it, and does not keep it.
   *
   * @param type the type of handle that the sink can work with
   * @param <R> the type of handle
   * @return the handle, or empty when this store has none of that type
   */
  <R> Optional<R> unwrap(Class<R> type);
}
