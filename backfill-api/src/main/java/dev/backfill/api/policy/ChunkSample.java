package dev.backfill.api.policy;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a chunk cost: what a {@link RateLimitPolicy} learns from.
 *
 * @param requested items that were asked for; at least 1
 * @param items items that came; 0 or more, 0 when it failed; fewer than asked for at the end of a
 *     page, of the history or of the quota
 * @param active how long fetching and storing took, without any wait for quota or after a failure;
 *     not negative, zero when it failed
 * @param quotaSpent units of quota that it took; 0 or more
 * @param bytes bytes that were read for it; 0 or more, 0 when unknown
 * @param failed whether the source could not bring it
 * @param basis what its size was worked out from, as the policy of that time {@linkplain
 *     Decision.Proceed#basis() wrote it}; null when it wrote nothing
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
   * @throws IllegalArgumentException when a value is out of its range
   */
  public ChunkSample {
    if (requested < 1 || items < 0 || active.isNegative() || quotaSpent < 0 || bytes < 0) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a chunk of %d of %d items, %d bytes, in %s for %d units; at least 1 is asked for,"
                  + " and nothing is negative",
              items,
              requested,
              bytes,
              active,
              quotaSpent));
    }
  }

  /**
   * A chunk of which neither the bytes nor the basis is known.
   *
   * @param requested items that were asked for; at least 1
   * @param items items that came; 0 or more, 0 when it failed
   * @param active how long fetching and storing took; not negative, zero when it failed
   * @param quotaSpent units of quota that it took; 0 or more
   * @param failed whether the source could not bring it
   * @throws IllegalArgumentException when a value is out of its range
   */
  public ChunkSample(int requested, int items, Duration active, long quotaSpent, boolean failed) {
    this(requested, items, active, quotaSpent, 0, failed, null);
  }

  /**
   * A chunk that the source could not bring.
   *
   * @param requested items that were asked for; at least 1
   * @return the sample
   */
  public static ChunkSample failed(int requested) {
    return failed(requested, null);
  }

  /**
   * A chunk that the source could not bring.
   *
   * @param requested items that were asked for; at least 1
   * @param basis what its size was worked out from, or null
   * @return the sample
   */
  public static ChunkSample failed(int requested, @Nullable String basis) {
    return new ChunkSample(requested, 0, Duration.ZERO, 0, 0, true, basis);
  }

  /**
   * Whether all came that was asked for.
   *
   * @return false for a failure, and for a chunk that came short
   */
  public boolean isFull() {
    return !failed && items >= requested;
  }
}
