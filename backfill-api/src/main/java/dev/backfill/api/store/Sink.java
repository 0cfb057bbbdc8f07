package dev.backfill.api.store;

import java.util.List;

/**
 * Where items of one kind go.
 *
 * <p><b>Contract.</b> <i>Called by</i> the store inside a chunk's transaction, on the thread that
 * commits; a sink that is shared by several backfills is called concurrently. <i>Blocking:</i> yes,
 * on its own writes. <i>Idempotency:</i> it may see an item again, after a crash or in a newer
 * state, and an older copy must never overwrite a newer one. <i>Duplicates:</i> a list may hold the
 * same item twice; the newest wins. <i>Throws:</i> nothing of the chunk is stored. A {@link
 * dev.backfill.api.failure.BackfillException} says by its class what happens next; the store
 * translates what it knows, such as {@code SQLException}; anything else ends the slice as failed.
 * <i>Null:</i> never.
 *
 * @param <T> the kind of item
 */
@FunctionalInterface
public interface Sink<T> {

  /**
   * Writes items.
   *
   * @param items what to write, in the source's order; not empty, not modifiable
   * @param transaction the chunk's transaction
   * @return what was new and what was replaced
   * @throws Exception when the items cannot be written; the transaction is rolled back
   */
  SinkCounts write(List<T> items, SinkTransaction transaction) throws Exception;
}
