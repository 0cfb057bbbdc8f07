package dev.backfill.api.source;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import org.jspecify.annotations.Nullable;

/**
 * An open source, which reads a history in order from a cursor.
 *
 * <p><b>Contract.</b> <i>Called by</i> one engine thread at a time. <i>Blocking:</i> {@link #next}
 * may block on the network, never to wait for quota: it throws {@link
 * dev.backfill.api.failure.RateLimitedException} instead, and the engine waits. <i>Interrupt:</i>
 * {@link #next} throws {@link InterruptedException} promptly. <i>After an exception</i> the session
 * stays usable and keeps its place: the next call delivers the items that the failed one would
 * have. <i>Ordering:</i> a history is read in an order in which later changes lose no item.
 * <i>Fetching ahead</i> is allowed, bounded, and never below the reserve of the last call.
 * <i>Closed by</i> the engine, once, also after failures.
 *
 * @param <T> the kind of item
 */
public interface SourceSession<T> extends AutoCloseable {

  /**
   * Fetches the next items.
   *
   * @param size the most items, stored and rejected together; at least 1. Fewer are returned at the
   *     end of the history, or when quota for the rest is missing; none only when there is nothing
   *     left or what was read holds no item of this kind
   * @param reserve units of quota to leave untouched: no request leaves that would take the quota
   *     below it
   * @return the chunk; its cursor is the place behind its last item
   * @throws dev.backfill.api.failure.RateLimitedException when quota is missing for even one item
   * @throws BackfillException when the API fails; the class says whether trying again helps
   * @throws InterruptedException when the thread is interrupted
   */
  Chunk<T> next(int size, long reserve) throws InterruptedException;

  /**
   * Finds out how much quota there is, where nothing is known yet, by a request that is needed
   * anyway. Called once before the first decision of the policy, and only while {@link #quota()} is
   * null, so that the first chunk too is sized by the quota and keeps the reserve. Does nothing
   * unless overridden.
   *
   * @throws dev.backfill.api.failure.RateLimitedException when no quota is left
   * @throws BackfillException when the API fails; the class says whether trying again helps
   * @throws InterruptedException when the thread is interrupted
   */
  default void prepare() throws InterruptedException {}

  /**
   * What the API last said is left. Does not block.
   *
   * @return the quota of this session's requests, or null when nothing was said yet or there is no
   *     limit
   */
  @Nullable Quota quota();

  /**
   * How long the history is, as known by now. Does not block. An {@linkplain Total.Kind#EXACT
   * exact} total at the end of a history that was not complete before is how many items must be
   * stored or in quarantine: with fewer, all are listed where the source has an {@link KeyListing}.
   * So one that cannot be sure says an estimate; the key listing is asked for its count then.
   *
   * @return the total, {@link Total#UNKNOWN} at first
   */
  Total total();

  /**
   * How the session reads at the moment, for people: what is unusual about it, such as {@code
   * GraphQL pages of 6 pull requests, as GitHub failed on larger ones}. Does not block. Stored with
   * each chunk.
   *
   * @return a few words without secrets; empty when there is nothing to say, which is the default
   */
  default String readMode() {
    return "";
  }

  /**
   * Returns whether this session reads everything that its target has. The engine calls it when the
   * session has ended, like {@link #total()}, and stores the note with the completion. With gaps
   * the backfill ends as {@link dev.backfill.api.store.BackfillStatus#COMPLETED_WITH_GAPS}. Does
   * not block.
   *
   * @return {@link Completeness#WHOLE} unless overridden
   */
  default Completeness completeness() {
    return Completeness.WHOLE;
  }

  /** Frees what the session holds. Does not block for longer than a moment, and does not throw. */
  @Override
  void close();
}
