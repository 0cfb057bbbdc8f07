package dev.backfill.github.internal.pull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that was not updated after a moment, in the order of update. What is updated
 * later belongs to the catch-up, which counts it only if it is not stored: so an item that is
 * edited meanwhile counts once.
 */
final class UpdateOrderHistory<T> extends UpdateOrderWalker<T> implements HistoryWalker<T> {

  /**
   * Creates a reader.
   *
   * @param mark the last moment that belongs to the history, or null for no end
   */
  UpdateOrderHistory(
      Listing<T> listing, OpenRepository repository, @Nullable Instant mark, TimePosition from) {
    super(listing, repository, null, mark, from);
  }
}
