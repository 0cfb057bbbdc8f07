package dev.backfill.core.run;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;

/**
 * The limits of a slice.
 *
 * @param maxChunks the max number of chunks to commit; at least 1. A verification that follows the
 *     history in the same slice may commit one more
 * @param maxDuration the time after which no further chunk begins; positive. A verification that
 *     follows the history in the same slice has the same time again for its first chunk
 * @param maxWait the max wait inside the slice, with the lease held; a longer wait ends the slice.
 *     Zero or more
 */
public record SliceLimits(long maxChunks, Duration maxDuration, Duration maxWait) {

  /** The default max wait inside a slice: 10 seconds. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);

  /** No limits, except the default max wait. */
  public static final SliceLimits UNLIMITED =
      new SliceLimits(Long.MAX_VALUE, Duration.ofDays(36_500), DEFAULT_MAX_WAIT);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public SliceLimits {
    if (maxChunks < 1) {
      throw new InvalidConfigurationException(
          "The max number of chunks of a slice is " + maxChunks + "; it must be at least 1.");
    }
    if (maxDuration.isNegative() || maxDuration.isZero()) {
      throw new InvalidConfigurationException(
          "The max duration of a slice is "
              + maxDuration
              + "; it must be positive, such as PT10M.");
    }
    if (maxWait.isNegative()) {
      throw new InvalidConfigurationException(
          "The max wait inside a slice is " + maxWait + "; it must not be negative.");
    }
  }

  /**
   * Returns the same limits with another number of chunks.
   *
   * @param chunks the max number of chunks; at least 1
   * @return the limits
   */
  public SliceLimits withMaxChunks(long chunks) {
    return new SliceLimits(chunks, maxDuration, maxWait);
  }

  /**
   * Returns the same limits with another duration.
   *
   * @param duration the time after which no further chunk begins; positive
   * @return the limits
   */
  public SliceLimits withMaxDuration(Duration duration) {
    return new SliceLimits(maxChunks, duration, maxWait);
  }

  /**
   * Returns the same limits with another max wait.
   *
   * @param wait the max wait inside the slice; zero or more
   * @return the limits
   */
  public SliceLimits withMaxWait(Duration wait) {
    return new SliceLimits(maxChunks, maxDuration, wait);
  }
}
