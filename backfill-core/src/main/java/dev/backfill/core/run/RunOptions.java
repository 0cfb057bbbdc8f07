package dev.backfill.core.run;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.BackfillRunner;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link BackfillRunner}'s run.
 *
 * @param parallelism the max number of jobs at once; from 1 to 100
 * @param waiting true to wait for quota and for other workers; false to end with the time to run
 *     again
 * @param maxChunks the max number of chunks for each job; at least 1
 * @param maxDuration the time after which no further chunk begins, or null for no limit; positive
 */
public record RunOptions(
    int parallelism, boolean waiting, long maxChunks, @Nullable Duration maxDuration) {

  /** One job at a time, to its end. */
  public static final RunOptions DEFAULT = new RunOptions(1, true, Long.MAX_VALUE, null);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public RunOptions {
    if (parallelism < 1 || parallelism > 100) {
      throw new InvalidConfigurationException(
          "The number of jobs at once is " + parallelism + "; it must be from 1 to 100.");
    }
    if (maxChunks < 1) {
      throw new InvalidConfigurationException(
          "The max number of chunks is " + maxChunks + "; it must be at least 1.");
    }
    if (maxDuration != null && (maxDuration.isNegative() || maxDuration.isZero())) {
      throw new InvalidConfigurationException(
          "The max duration is " + maxDuration + "; it must be positive, such as PT10M.");
    }
  }
}
