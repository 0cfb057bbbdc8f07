package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.Locale;

/**
 * When another destination counts as failing.
 *
 * @param claimWithin how long a worker there has to take a job, and how long a job that it took may
 *     be without a sign of life; positive
 * @param pollInterval how often a run is looked at; positive
 * @param sample how many of the last jobs there are looked at; 1 or more
 * @param failureLimit the share of them that may fail, from 0 to 1
 * @param suspension how long the destination is switched off when more have failed; doubles with
 *     each further time in a row, up to a day; positive
 */
public record DispatchRules(
    Duration claimWithin,
    Duration pollInterval,
    int sample,
    double failureLimit,
    Duration suspension) {

  /** Claimed within 15 minutes; of at least 5 of the last 20 no more than half may fail. */
  public static final DispatchRules DEFAULT =
      new DispatchRules(
          Duration.ofMinutes(15), Duration.ofSeconds(30), 20, 0.5, Duration.ofHours(1));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
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
              "Dispatched jobs are claimed within %s, looked at every %s, %d of them, of which %s"
                  + " may fail, else suspended for %s; durations and the sample must be positive,"
                  + " and the share from 0 to 1.",
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

  /** How many outcomes it takes to judge: a quarter of the sample. */
  int minSample() {
    return Math.max(1, sample / 4);
  }
}
