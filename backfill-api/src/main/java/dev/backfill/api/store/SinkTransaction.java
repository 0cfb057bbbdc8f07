package dev.backfill.api.store;

import java.util.Optional;

/**
 * A chunk's transaction, as a sink uses it. Writes through it are committed or rolled back with the
 * chunk. A sink that writes elsewhere may receive the same items again after a crash: at least
 * once, so its writes must be idempotent.
 */
public interface SinkTransaction {

  /**
   * Returns the store's own handle of the transaction, such as a {@code java.sql.Connection}. The
   * sink neither commits nor closes it, and does not keep it.
   *
   * @param type the type of handle that the sink can use
   * @param <R> the type of handle
   * @return the handle, or empty if this store has none of that type
   */
  <R> Optional<R> unwrap(Class<R> type);
}
