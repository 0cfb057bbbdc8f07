package dev.backfill.api.store;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A destination of items of one kind.
 *
 * <p><b>Contract.</b> <i>Called by</i> the store inside a chunk's transaction, on the thread that
 * commits; a sink that several backfills share is called concurrently. <i>Blocking:</i> yes, on its
 * own writes. <i>Idempotency:</i> a sink may receive an item again, after a crash or in a newer
 * state. An older copy must never overwrite a newer one. <i>Duplicates:</i> a list may hold the
 * same item twice; the newest wins. <i>Throws:</i> nothing of the chunk is stored. The class of a
 * {@link dev.backfill.api.failure.BackfillException} decides what happens next. The store
 * translates the exceptions that it knows, such as {@code SQLException}; any other ends the slice
 * as failed. <i>Null:</i> never.
 *
 * @param <T> the kind of item
 */
@FunctionalInterface
public interface Sink<T> {

  /**
   * Writes items.
   *
   * @param items the items, in the source's order; not empty, not modifiable
   * @param transaction the chunk's transaction
   * @return the numbers of new and of replaced items
   * @throws Exception if the items cannot be written; the transaction is rolled back
   */
  SinkCounts write(List<T> items, SinkTransaction transaction) throws Exception;

  /**
   * Counts the stored items of a target, also those that other writers stored. Called when a
   * history was read to its end.
   *
   * @param scope the text that the target's items have in common, as its source's {@link
   *     dev.backfill.api.source.KeyListing#scope()} returns it
   * @param transaction a transaction in which nothing is written
   * @return the number of stored items; empty if this sink cannot count, which is the default: a
   *     history that was read to its end then counts as complete
   * @throws Exception if the items cannot be counted
   */
  default OptionalLong count(String scope, SinkTransaction transaction) throws Exception {
    return OptionalLong.empty();
  }

  /**
   * Finds out which items are stored.
   *
   * @param scope the text that the target's items have in common
   * @param keys the items' keys; not empty
   * @param transaction a transaction in which nothing is written
   * @return the keys whose items are stored; empty if this sink cannot find out, which is the
   *     default
   * @throws Exception if the items cannot be read
   */
  default Optional<Set<String>> stored(String scope, List<String> keys, SinkTransaction transaction)
      throws Exception {
    return Optional.empty();
  }

  /**
   * Compares the stored items with an independent number, such as the number of comments that
   * stored pull requests report. Called when a history was read to its end. A difference does not
   * make the history incomplete, since such a number may be wrong or older; users see it as a note.
   *
   * @param scope the text that the target's items have in common
   * @param transaction a transaction in which nothing is written
   * @return the difference in one sentence; empty without one, or without such a number, which is
   *     the default
   * @throws Exception if the items cannot be compared
   */
  default Optional<String> difference(String scope, SinkTransaction transaction) throws Exception {
    return Optional.empty();
  }
}
