package dev.backfill.github.internal.pull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that was not updated after a moment, in the order of update. What is updated
 * later belongs to the catch-up, which counts it only if it is not stored: so an item that is
 * edited meanwhile counts once.
 */
record UpdateOrderHistory<T>(UpdateOrderReader<T> reader)
    implements UpdateOrderWalker<T>, HistoryWalker<T> {

  /**
   * Creates a walker.
   *
   * @param mark the last moment that belongs to the history, or null for no end
   */
  static <T> UpdateOrderHistory<T> of(
      Listing<T> listing, OpenRepository repository, @Nullable Instant mark, TimePosition from) {
    UpdateOrderReader.Range range = new UpdateOrderReader.Range(null, mark);
    return new UpdateOrderHistory<>(
        new UpdateOrderReader<>(listing, repository, range, from, null, null));
  }

  @Override
  public @Nullable Instant asOf() {
    return reader.asOf();
  }
}
