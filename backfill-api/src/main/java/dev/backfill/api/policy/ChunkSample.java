package dev.backfill.api.policy;

import java.time.Duration;

/**
 * What a chunk cost: what a {@link RateLimitPolicy} learns from.
 *
 * @param requested items that were asked for; at least 1
 * @param items items that came; 0 or more, 0 when it failed
 * @param active how long fetching and storing took, without any wait for quota or after a failure;
 *     not negative, zero when it failed
 * @param quotaSpent units of quota that it took; 0 or more
 * @param failed whether the source could not bring it
 */
public record ChunkSample(
    int requested, int items, Duration active, long quotaSpent, boolean failed) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when a value is out of its range
   */
  public ChunkSample {
    if (requested < 1 || items < 0 || active.isNegative() || quotaSpent < 0) {
      throw new IllegalArgumentException(
          "a chunk of "
              + items
              + " of "
              + requested
              + " items in "
              + active
              + " for "
              + quotaSpent
              + " units; at least 1 is asked for, and nothing is negative");
    }
  }

  /**
   * A chunk that the source could not bring.
   *
   * @param requested items that were asked for; at least 1
   * @return the sample
   */
  public static ChunkSample failed(int requested) {
    return new ChunkSample(requested, 0, Duration.ZERO, 0, true);
  }
}
