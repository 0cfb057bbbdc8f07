package dev.backfill.api.policy;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cost of a chunk, from which a {@link RateLimitPolicy} learns.
 *
 * @param requested items that the engine asked for; at least 1
 * @param items items that the source delivered; 0 or more, 0 if it failed; fewer than requested at
 *     the end of a page, of the history or of the quota
 * @param active the time for fetching and storing, without waits for quota or after a failure; not
 *     negative, zero if it failed
 * @param quotaSpent units of quota that it cost; 0 or more
 * @param bytes bytes that the source read for it; 0 or more, 0 if unknown
 * @param failed true if the source could not deliver it
 * @param basis the inputs from which the policy of that time computed the size, as it {@linkplain
 *     Decision.Proceed#basis() wrote them}; null if it wrote none
 */
public record ChunkSample(
    int requested,
    int items,
    Duration active,
    long quotaSpent,
    long bytes,
    boolean failed,
    @Nullable String basis) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ChunkSample {
    if (requested < 1 || items < 0 || active.isNegative() || quotaSpent < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a chunk of %d of %d items, %d bytes, in %s for %d units; at least 1 is requested, and no value is negative",
              items,
              requested,
              bytes,
              active,
              quotaSpent));
    }
  }

  /**
   * Creates a sample without bytes and basis.
   *
   * @param requested items that the engine asked for; at least 1
   * @param items items that the source delivered; 0 or more, 0 if it failed
   * @param active the time for fetching and storing; not negative, zero if it failed
   * @param quotaSpent units of quota that it cost; 0 or more
   * @param failed true if the source could not deliver it
   * @throws IllegalArgumentException if a value is out of its range
   */
  public ChunkSample(int requested, int items, Duration active, long quotaSpent, boolean failed) {
    this(requested, items, active, quotaSpent, 0, failed, null);
  }

  /**
   * Returns the sample of a chunk that the source could not deliver.
   *
   * @param requested items that the engine asked for; at least 1
   * @return the sample
   */
  public static ChunkSample failed(int requested) {
    return failed(requested, null);
  }

  /**
   * Returns the sample of a chunk that the source could not deliver.
   *
   * @param requested items that the engine asked for; at least 1
   * @param basis the inputs from which the size was computed, or null
   * @return the sample
   */
  public static ChunkSample failed(int requested, @Nullable String basis) {
    return new ChunkSample(requested, 0, Duration.ZERO, 0, 0, true, basis);
  }

  /**
   * Checks if the source delivered all items that the engine asked for.
   *
   * @return false for a failure, and for a chunk with fewer items
   */
  public boolean isFull() {
    return !failed && items >= requested;
  }
}
