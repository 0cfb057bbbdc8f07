package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.policy.Backoff;
import java.time.Duration;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The rules by which a failed job is tried again. The delays are stored, so that a restart forgets
 * none of them.
 *
 * @param first the delay after the first failure; doubles with each further one; positive
 * @param max the max delay; at least {@code first}
 * @param attempts the number of failures in a row that are tried again, before the job counts as
 *     failed; 0 or more
 * @param afterGivingUp the delay after which a failed job tries again by itself; positive
 */
public record RetryRules(Duration first, Duration max, int attempts, Duration afterGivingUp) {

  /** 1, 2, 4 minutes and so on up to an hour, 6 times; then every 6 hours. */
  public static final RetryRules DEFAULT =
      new RetryRules(Duration.ofMinutes(1), Duration.ofHours(1), 6, Duration.ofHours(6));

  private static final double JITTER = 0.2;

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
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
              "RetryRules: first is %s, max %s, attempts %d, afterGivingUp %s; the delays must be positive, max"
                  + " at least first, and attempts 0 or more.",
              first,
              max,
              attempts,
              afterGivingUp));
    }
  }

  /**
   * Returns the delay before the next try.
   *
   * @param failures the number of failures in a row; at least 1
   * @param random the source of the jitter
   * @return the doubled delay, up to a fifth longer or shorter
   */
  Duration delay(int failures, RandomGenerator random) {
    long bound = Backoff.exponential(first, max, failures).toMillis();
    return Duration.ofMillis((long) (bound * (1 - JITTER + 2 * JITTER * random.nextDouble())));
  }
}
