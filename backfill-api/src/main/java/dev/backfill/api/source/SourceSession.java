package dev.backfill.api.source;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import org.jspecify.annotations.Nullable;

/**
 * An open source that reads a history in order from a cursor.
 *
 * <p><b>Contract.</b> <i>Called by</i> one engine thread at a time. <i>Blocking:</i> {@link #next}
 * may block on the network, never to wait for quota: it throws {@link
 * dev.backfill.api.failure.RateLimitedException} instead, and the engine waits. <i>Interrupt:</i>
 * {@link #next} throws {@link InterruptedException} promptly. <i>After an exception</i> the session
 * stays usable and keeps its place: the next call delivers the items that the failed one would have
 * delivered. <i>Ordering:</i> a history is read in an order in which later changes lose no item.
 * <i>Fetching ahead</i> is allowed, bounded, and never below the reserve of the last call.
 * <i>Closed by</i> the engine, once, also after failures.
 *
 * @param <T> the kind of item
 */
public interface SourceSession<T> extends AutoCloseable {

  /**
   * Fetches the next items. The chunk is smaller than {@code size} at the end of the history, or if
   * quota for the rest is missing. It is empty only if nothing is left, or if what was read holds
   * no item of this kind.
   *
   * @param size the max number of items, stored and rejected together; at least 1
   * @param reserve units of quota to leave untouched: the session sends no request that would take
   *     the quota below it
   * @return the chunk; its cursor is the place behind its last item
   * @throws dev.backfill.api.failure.RateLimitedException if quota is missing for even one item
   * @throws BackfillException if the API fails; the class shows if another try can help
   * @throws InterruptedException if the thread is interrupted
   */
  Chunk<T> next(int size, long reserve) throws InterruptedException;

  /**
   * Fetches the quota by a request that the session needs anyway, so that the first chunk, too, is
   * sized by the quota and keeps the reserve. The engine calls it once before the policy's first
   * decision, and only while {@link #quota()} is null. Does nothing unless overridden.
   *
   * @throws dev.backfill.api.failure.RateLimitedException if no quota is left
   * @throws BackfillException if the API fails; the class shows if another try can help
   * @throws InterruptedException if the thread is interrupted
   */
  default void prepare() throws InterruptedException {}

  /**
   * Returns the quota that is left by the API's last response. Does not block.
   *
   * @return the quota of this session's requests, or null if no response named one yet or there is
   *     no limit
   */
  @Nullable Quota quota();

  /**
   * Returns the number of items of the history, as far as known now. Does not block.
   *
   * <p>An {@linkplain Total#isExact() exact} total at the end of a history that was never complete
   * before is a promise: as many items must be stored or in quarantine. If there are fewer, the
   * engine lists all keys, provided that the source has a {@link KeyListing}. So a session that
   * cannot be sure returns an estimate; the engine then asks the key listing for its count. If the
   * history was read before, as before a rewind or a reload, stored rows may be of deleted items;
   * the engine then lists all keys whatever the total.
   *
   * @return the total; {@link Total#UNKNOWN} at first
   */
  Total total();

  /**
   * Describes anything unusual in how the session reads at the moment, for users: {@code GraphQL
   * pages of 6 pull requests, as GitHub failed on larger ones}. Stored and published with each
   * chunk. Does not block.
   *
   * @return a few words without secrets; empty if nothing is unusual, which is the default
   */
  default String readMode() {
    return "";
  }

  /**
   * Checks if this session reads everything that its target has. The engine calls it when the
   * session has ended, like {@link #total()}, and stores the note with the completion. With gaps
   * the backfill ends as {@link dev.backfill.api.store.BackfillStatus#COMPLETED_WITH_GAPS}. Does
   * not block.
   *
   * @return {@link Completeness#WHOLE} unless overridden
   */
  default Completeness completeness() {
    return Completeness.WHOLE;
  }

  /** Frees the session's resources. Blocks for a moment at most, and throws nothing. */
  @Override
  void close();
}
