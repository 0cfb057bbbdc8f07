package dev.backfill.api.source;

import java.util.List;
import java.util.Optional;

/**
 * A kind of items that can be fetched, for any target.
 *
 * <p><b>Contract.</b> A source is immutable and safe for any number of threads; each {@link
 * SourceSession} that it opens belongs to one thread. <i>Idempotency:</i> opened twice at the same
 * cursor, a source delivers the same items again, changed ones in their newer state. So the engine
 * can read a chunk again whose commit failed. <i>Closed:</i> never; what a source shares, such as
 * an HTTP client, belongs to the code that made it.
 *
 * @param <T> the kind of item
 */
public interface PullSource<T> {

  /**
   * Returns the name under which progress is stored.
   *
   * @return a stable name, such as {@code github:pull-requests}; at most 100 characters
   */
  String name();

  /**
   * Opens a session. Sends no request yet.
   *
   * @param target the target in the source's own notation, such as {@code apache/kafka}
   * @param from the place to begin: {@link Cursor#START}, or the {@link Chunk#next()} of a chunk of
   *     this source
   * @return the session; the caller closes it
   * @throws dev.backfill.api.failure.InvalidConfigurationException if the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException if this version of the source does
   *     not understand the version of the cursor
   */
  SourceSession<T> open(String target, Cursor from);

  /**
   * Returns the type of the items. A {@link dev.backfill.api.BackfillStore} finds the sink by it.
   *
   * @return the type; empty if no store has a sink for it, which is the default: the host then
   *     passes its own sink
   */
  default Optional<Class<T>> itemType() {
    return Optional.empty();
  }

  /**
   * Returns the key under which an item goes to quarantine.
   *
   * @param item an item of this source
   * @return a key that is unique within a target, such as a pull request's number; not blank
   */
  String itemKey(T item);

  /**
   * Returns the text that the quarantine keeps of an item that the store refuses, for the user who
   * examines it.
   *
   * @param item an item of this source
   * @return a text without secrets, which the engine cuts if it is very long; by default the item's
   *     {@code toString()}
   */
  default String payload(T item) {
    return String.valueOf(item);
  }

  /**
   * Checks if a stored cursor still fits this source. A source that now fetches more for each item
   * than the items before the cursor got returns false. The engine then reads the history again
   * from its start.
   *
   * @param cursor a cursor that a source of this name has made
   * @return true to continue from it, which is the default
   */
  default boolean canResume(Cursor cursor) {
    return true;
  }

  /**
   * Opens a session that fetches chosen items again, in their present state. Sends no request yet.
   * Its chunks are of phase {@link Phase#RETRY}, their {@link Chunk#next()} is {@code at}, and
   * {@link Chunk#last()} is true for the chunk with the last of the items. The session delivers
   * each item once, or rejects it again under the same key if the source still cannot deliver it.
   *
   * @param target the target, as in {@link #open}
   * @param keys the keys under which the items went to quarantine; not empty, no key twice
   * @param at the backfill's cursor, which does not move
   * @return the session, which the caller closes; empty if this source cannot fetch single items,
   *     which is the default
   * @throws dev.backfill.api.failure.InvalidConfigurationException if the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException if this version of the source does
   *     not understand the version of the cursor
   */
  default Optional<SourceSession<T>> openByKeys(String target, List<String> keys, Cursor at) {
    return Optional.empty();
  }

  /**
   * Opens a session that lists the keys of everything that the target has. Sends no request yet.
   *
   * @param target the target, as in {@link #open}
   * @param at the backfill's cursor, which identifies the target that its items came from
   * @param from the place to begin: {@link Cursor#START}, or the {@link Chunk#next()} of a page of
   *     such a session
   * @return the session, which the caller closes; empty if this source cannot list keys, which is
   *     the default: the engine then does not compare stored items with the source
   * @throws dev.backfill.api.failure.InvalidConfigurationException if the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException if this version of the source does
   *     not understand the version of a cursor
   */
  default Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return Optional.empty();
  }
}
