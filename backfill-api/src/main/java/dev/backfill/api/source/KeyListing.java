package dev.backfill.api.source;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A session that lists the keys of everything that a target has now, without bringing the items: by
 * it a history that was read to its end is compared with what is stored.
 *
 * <p><b>Contract.</b> That of {@link SourceSession}, for threads, blocking, interrupts, limits and
 * failures: {@link #count} and {@link #next} may block on the network and never to wait for quota,
 * and after an exception the next call goes on where the failed one began. <i>Ordering:</i> stable
 * while items come and go, so that a listing that was interrupted goes on from a {@link
 * Page#next()}. <i>Closed by</i> the engine, once.
 */
public interface KeyListing extends AutoCloseable {

  /**
   * What the items of this target have in common where they are stored, such as the number of their
   * repository. Does not block.
   *
   * @return a text that sinks understand, or null when it is not known before something was read
   */
  @Nullable String scope();

  /**
   * Asks how many items there are now, as cheaply as can be.
   *
   * @param reserve units of quota to leave untouched
   * @return the source's own count
   * @throws dev.backfill.api.failure.RateLimitedException when quota is missing
   * @throws dev.backfill.api.failure.PermanentFailureException with {@code INCOMPATIBLE} when the
   *     API does not count: a verification lists every key then
   * @throws BackfillException when the API fails; the class says whether trying again helps
   * @throws InterruptedException when the thread is interrupted
   */
  long count(long reserve) throws InterruptedException;

  /**
   * Lists the next keys.
   *
   * @param reserve units of quota to leave untouched
   * @return the page
   * @throws dev.backfill.api.failure.RateLimitedException when quota is missing
   * @throws BackfillException when the API fails; the class says whether trying again helps
   * @throws InterruptedException when the thread is interrupted
   */
  Page next(long reserve) throws InterruptedException;

  /**
   * Returns whether the listing has every key that there is. A verification by a listing with gaps
   * ends with gaps. If the target withholds its items, an empty listing and a count of 0 prove
   * nothing. Does not block. Called after the last page.
   *
   * @return {@link Completeness#WHOLE} unless the API does not list everything
   */
  default Completeness completeness() {
    return Completeness.WHOLE;
  }

  /**
   * What the API last said is left. Does not block.
   *
   * @return the quota of this session's requests, or null when nothing was said yet
   */
  @Nullable Quota quota();

  /**
   * How much quota was used since the last call of this method. Does not block.
   *
   * @return units; 0 or more
   */
  long quotaSpent();

  /** Frees what the session holds. Does not block for longer than a moment, and does not throw. */
  @Override
  void close();

  /**
   * Some keys of a listing.
   *
   * @param keys the items' {@linkplain PullSource#itemKey keys}; may be empty
   * @param next where the page after this one is
   * @param last whether this was the last one
   */
  record Page(List<String> keys, Cursor next, boolean last) {

    /** Copies the keys. */
    public Page {
      keys = List.copyOf(keys);
    }
  }
}
