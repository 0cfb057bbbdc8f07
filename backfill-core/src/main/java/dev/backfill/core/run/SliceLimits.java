package dev.backfill.core.run;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;

/**
 * How long a slice of work may be.
 *
 * @param maxChunks the most chunks to commit; at least 1. A comparison that follows the history in
 *     the same slice gets one in any case
 * @param maxDuration after how long no further chunk is begun; positive. A comparison that follows
 *     the history in the same slice gets as long again for its first chunk
 * @param maxWait the longest wait that is spent inside the slice, with the lease held; a longer one
 *     ends the slice. Zero or more
 */
public record SliceLimits(long maxChunks, Duration maxDuration, Duration maxWait) {

  /** The longest wait inside a slice unless stated: 10 seconds. */
  public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(10);

  /** No limit but that of a wait. */
  public static final SliceLimits UNLIMITED =
      new SliceLimits(Long.MAX_VALUE, Duration.ofDays(36_500), DEFAULT_MAX_WAIT);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public SliceLimits {
    if (maxChunks < 1) {
      throw new InvalidConfigurationException(
          "The most chunks of a slice are " + maxChunks + "; it must be at least 1.");
    }
    if (maxDuration.isNegative() || maxDuration.isZero()) {
      throw new InvalidConfigurationException(
          "The duration of a slice is " + maxDuration + "; it must be positive, such as PT10M.");
    }
    if (maxWait.isNegative()) {
      throw new InvalidConfigurationException(
          "The longest wait inside a slice is " + maxWait + "; it must not be negative.");
    }
  }

  /**
   * The same limits with another number of chunks.
   *
   * @param chunks the most chunks; at least 1
   * @return the limits
   */
  public SliceLimits withMaxChunks(long chunks) {
    return new SliceLimits(chunks, maxDuration, maxWait);
  }

  /**
   * The same limits with another duration.
   *
   * @param duration after how long no further chunk is begun; positive
   * @return the limits
   */
  public SliceLimits withMaxDuration(Duration duration) {
    return new SliceLimits(maxChunks, duration, maxWait);
  }

  /**
   * The same limits with another longest wait.
   *
   * @param wait the longest wait inside the slice; zero or more
   * @return the limits
   */
  public SliceLimits withMaxWait(Duration wait) {
    return new SliceLimits(maxChunks, maxDuration, wait);
  }
}
