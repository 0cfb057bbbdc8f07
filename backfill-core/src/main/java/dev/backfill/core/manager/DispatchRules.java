package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.Locale;

/**
 * The rules by which another destination counts as failing.
 *
 * @param claimWithin the max time until a worker there takes a job, and the max time for which a
 *     taken job may lack a sign of life; positive
 * @param pollInterval the interval at which a run is polled; positive
 * @param sample the number of the last jobs there that count; 1 or more
 * @param failureLimit the share of them that may fail, from 0 to 1
 * @param suspension the time for which the destination is suspended if more have failed; doubles
 *     with each further time in a row, up to a day; positive
 */
public record DispatchRules(
    Duration claimWithin,
    Duration pollInterval,
    int sample,
    double failureLimit,
    Duration suspension) {

  /** Claimed within 15 minutes; of at least 5 of the last 20 jobs, at most half may fail. */
  public static final DispatchRules DEFAULT =
      new DispatchRules(
          Duration.ofMinutes(15), Duration.ofSeconds(30), 20, 0.5, Duration.ofHours(1));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public DispatchRules {
    boolean positive =
        isPositive(claimWithin)
            && isPositive(pollInterval)
            && isPositive(suspension)
            && sample >= 1;
    if (!positive || !(failureLimit >= 0 && failureLimit <= 1)) {
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "DispatchRules: claimWithin is %s, pollInterval %s, sample %d, failureLimit %s,"
                  + " suspension %s; durations and the sample must be positive, and failureLimit from 0 to 1.",
              claimWithin,
              pollInterval,
              sample,
              failureLimit,
              suspension));
    }
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isZero() && !duration.isNegative();
  }

  /** Returns the min number of outcomes to judge by: a quarter of the sample. */
  int minSample() {
    return Math.max(1, sample / 4);
  }
}
