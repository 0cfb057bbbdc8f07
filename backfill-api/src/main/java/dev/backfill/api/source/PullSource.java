package dev.backfill.api.source;

import java.util.List;
import java.util.Optional;

/**
 * Where items of one kind come from, for any target.
 *
 * <p><b>Contract.</b> A source is immutable and safe for any number of threads; each {@link
 * SourceSession} that it opens belongs to one. <i>Idempotency:</i> opened twice at the same cursor,
 * it delivers the same items again (changed ones in their newer state), so that a chunk whose
 * commit failed can be read again. <i>Closed by</i> nobody: what it shares, such as an HTTP client,
 * belongs to whoever made it.
 *
 * @param <T> the kind of item
 */
public interface PullSource<T> {

  /**
   * The name under which progress is stored.
   *
   * @return a stable name, such as {@code github:pull-requests}; at most 100 characters
   */
  String name();

  /**
   * Opens a session. Sends no request yet.
   *
   * @param target what to read, in the source's own notation, such as {@code apache/kafka}
   * @param from where to begin: {@link Cursor#START}, or what a chunk of this source had as its
   *     {@link Chunk#next()}
   * @return the session; the caller closes it
   * @throws dev.backfill.api.failure.InvalidConfigurationException when the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException when the cursor was written by a
   *     version that this one does not understand
   */
  SourceSession<T> open(String target, Cursor from);

  /**
   * Returns the type of the items, by which a {@link dev.backfill.api.BackfillStore} finds the sink
   * for them.
   *
   * @return the type; empty if no store has a sink for it, which is the default: the host then
   *     passes a sink of its own
   */
  default Optional<Class<T>> itemType() {
    return Optional.empty();
  }

  /**
   * The key under which an item goes to quarantine.
   *
   * @param item an item of this source
   * @return a key that is unique within a target, such as a pull request's number; not blank
   */
  String itemKey(T item);

  /**
   * What to keep of an item that the store refuses, for the person who looks into it.
   *
   * @param item an item of this source
   * @return a text without secrets, cut by the engine where it is very long; all that the item
   *     shows of itself unless overridden
   */
  default String payload(T item) {
    return String.valueOf(item);
  }

  /**
   * Whether a stored cursor still says what this source needs. A source that now brings more for
   * each item than the cursor's items got answers false, and the engine reads the history from the
   * start again.
   *
   * @param cursor a cursor that a source of this name has made
   * @return true to go on from it
   */
  default boolean canResume(Cursor cursor) {
    return true;
  }

  /**
   * Opens a session that brings chosen items again, in their present state. Sends no request yet.
   * Its chunks are of phase {@link Phase#RETRY}, their {@link Chunk#next()} is {@code at}, and the
   * one with the last of the items says {@link Chunk#last()}. Each item is brought once, or
   * rejected again under the same key when the source still cannot deliver it.
   *
   * @param target what to read, as in {@link #open}
   * @param keys the items, by the keys under which they went to quarantine; not empty, no key twice
   * @param at where the backfill is: it does not move
   * @return the session, which the caller closes; empty when this source cannot read single items
   *     again, which is the default
   * @throws dev.backfill.api.failure.InvalidConfigurationException when the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException when the cursor was written by a
   *     version that this one does not understand
   */
  default Optional<SourceSession<T>> openByKeys(String target, List<String> keys, Cursor at) {
    return Optional.empty();
  }

  /**
   * Opens a session that lists the keys of everything there is. Sends no request yet.
   *
   * @param target what to list, as in {@link #open}
   * @param at where the backfill stands, which tells what target it is about
   * @param from where to begin: {@link Cursor#START}, or what a page of such a session had as its
   *     {@link KeyListing.Page#next()}
   * @return the session, which the caller closes; empty when this source cannot list, which is the
   *     default: what is stored is then not compared with the source
   * @throws dev.backfill.api.failure.InvalidConfigurationException when the target is not in the
   *     source's notation
   * @throws dev.backfill.api.failure.PermanentFailureException when a cursor was written by a
   *     version that this one does not understand
   */
  default Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return Optional.empty();
  }
}
