package dev.backfill.api.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

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

  /**
   * Counts what is stored of a target, whoever stored it. Asked when a history was read to its end.
   *
   * @param scope what the target's items have in common, as its source's {@link
   *     dev.backfill.api.source.KeyListing#scope()} says
   * @param transaction a transaction in which nothing is written
   * @return how many items are stored; empty when this sink cannot tell, which is the default: the
   *     history is then complete when it was read to its end
   * @throws Exception when it cannot be found out
   */
  default OptionalLong count(String scope, SinkTransaction transaction) throws Exception {
    return OptionalLong.empty();
  }

  /**
   * Finds out which items are stored.
   *
   * @param scope what the items' target has in common
   * @param keys the items' keys; not empty
   * @param transaction a transaction in which nothing is written
   * @return those of the keys whose items are stored; empty when this sink cannot tell, which is
   *     the default
   * @throws Exception when it cannot be found out
   */
  default Optional<Set<String>> stored(String scope, List<String> keys, SinkTransaction transaction)
      throws Exception {
    return Optional.empty();
  }

  /**
   * Compares what is stored with an independent number, such as the number of comments that stored
   * pull requests report. Asked when a history was read to its end. A difference does not make the
   * history incomplete, since such a number may be wrong or older; users see it as a note.
   *
   * @param scope what the target's items have in common
   * @param transaction a transaction in which nothing is written
   * @return the difference in one sentence; empty without one, or without such a number, which is
   *     the default
   * @throws Exception when it cannot be found out
   */
  default Optional<String> difference(String scope, SinkTransaction transaction) throws Exception {
    return Optional.empty();
  }
}
