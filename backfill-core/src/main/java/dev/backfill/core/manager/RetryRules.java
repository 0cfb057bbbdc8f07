package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * When a job that failed is tried again; what was waited is stored, so that a restart forgets none
 * of it.
 *
 * @param first the delay after the first failure; doubles with each further one; positive
 * @param max the longest delay; at least {@code first}
 * @param attempts how many failures in a row are tried again, before the job counts as failed; 0 or
 *     more
 * @param afterGivingUp how long a failed job rests before it tries again by itself; positive
 */
public record RetryRules(Duration first, Duration max, int attempts, Duration afterGivingUp) {

  /** 1, 2, 4 minutes and so on up to an hour, 6 times; then every 6 hours. */
  public static final RetryRules DEFAULT =
      new RetryRules(Duration.ofMinutes(1), Duration.ofHours(1), 6, Duration.ofHours(6));

  private static final double JITTER = 0.2;

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public RetryRules {
    if (first.isZero()
        || first.isNegative()
        || max.compareTo(first) < 0
        || attempts < 0
        || afterGivingUp.isZero()
        || afterGivingUp.isNegative()) {
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "Retries begin after %s, at most %s, %d times, then after %s; the delays must be"
                  + " positive, the longest at least the first, and the attempts 0 or more.",
              first,
              max,
              attempts,
              afterGivingUp));
    }
  }

  /**
   * The delay before the next try.
   *
   * @param failures how many have failed in a row; at least 1
   * @param random where the jitter comes from
   * @return the doubled delay, up to a fifth longer or shorter
   */
  Duration delay(int failures, RandomGenerator random) {
    long bound = Math.min(max.toMillis(), first.toMillis() << Math.min(failures - 1, 30));
    return Duration.ofMillis((long) (bound * (1 - JITTER + 2 * JITTER * random.nextDouble())));
  }
}
