package dev.backfill.api.source;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import org.jspecify.annotations.Nullable;

/**
 * A session that lists the keys of everything that a target has now, without fetching the items. At
 * the end of a history the engine compares the keys with what is stored.
 *
 * <p><b>Contract.</b> That of {@link SourceSession}, for threads, blocking, interrupts, limits and
 * failures: {@link #count} and {@link #next} may block on the network, never to wait for quota.
 * After an exception the next call continues where the failed one began. <i>Ordering:</i> stable
 * while items appear and vanish, so that an interrupted listing continues from a {@link
 * Chunk#next()}. <i>Closed by</i> the engine, once.
 */
public interface KeyListing extends AutoCloseable {

  /**
   * Returns a text that the items of this target have in common where they are stored, such as the
   * number of their repository. Does not block.
   *
   * @return a text that sinks understand, or null if the session learns it only by reading
   */
  @Nullable String scope();

  /**
   * Counts the items that there are now, at the lowest cost that the API allows.
   *
   * @param reserve units of quota to leave untouched
   * @return the source's own count
   * @throws dev.backfill.api.failure.RateLimitedException if quota is missing
   * @throws dev.backfill.api.failure.PermanentFailureException with {@code INCOMPATIBLE} if the API
   *     does not count; a verification then lists every key
   * @throws BackfillException if the API fails; the class shows if another try can help
   * @throws InterruptedException if the thread is interrupted
   */
  long count(long reserve) throws InterruptedException;

  /**
   * Lists the next keys.
   *
   * @param reserve units of quota to leave untouched
   * @return a page as a chunk of the items' {@linkplain PullSource#itemKey keys}, of phase {@link
   *     Phase#VERIFY}: may be empty, rejects nothing, and has its cost, if {@link #quotaSpent} does
   *     not contain it
   * @throws dev.backfill.api.failure.RateLimitedException if quota is missing
   * @throws BackfillException if the API fails; the class shows if another try can help
   * @throws InterruptedException if the thread is interrupted
   */
  Chunk<String> next(long reserve) throws InterruptedException;

  /**
   * Checks if the listing has every key that there is. A verification by a listing with gaps ends
   * with gaps. If the target withholds its items, an empty listing and a count of 0 prove nothing.
   * The engine calls it after the last page. Does not block.
   *
   * @return {@link Completeness#WHOLE} unless the API does not list everything
   */
  default Completeness completeness() {
    return Completeness.WHOLE;
  }

  /**
   * Returns the quota that is left by the API's last response. Does not block.
   *
   * @return the quota of this session's requests, or null if no response named one yet
   */
  @Nullable Quota quota();

  /**
   * Returns the quota that was used since the last call of this method and that no chunk contains,
   * such as that of a {@link #count}. Does not block.
   *
   * @return units; 0 or more
   */
  long quotaSpent();

  /** Frees the session's resources. Blocks for a moment at most, and throws nothing. */
  @Override
  void close();
}
