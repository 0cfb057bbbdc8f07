package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The delays after transient failures, exponential with full jitter, and the time to give up.
 *
 * @param first the max delay after the first failure; doubles with each further one; positive
 * @param max the upper limit of a delay; at least {@code first}
 * @param giveUpAfter the time of failures in a row after which the job stops as failed; at least
 *     {@code first}
 */
public record Backoff(Duration first, Duration max, Duration giveUpAfter) {

  /** The default max delay after the first failure: 1 second. */
  public static final Duration DEFAULT_FIRST = Duration.ofSeconds(1);

  /** The default upper limit of a delay: 20 seconds. */
  public static final Duration DEFAULT_MAX = Duration.ofSeconds(20);

  /** The default time of failures in a row before the job stops: 90 seconds. */
  public static final Duration DEFAULT_GIVE_UP_AFTER = Duration.ofSeconds(90);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public Backoff {
    if (first.isNegative() || first.isZero()) {
      throw new InvalidConfigurationException(
          "The backoff's first delay is " + first + "; it must be positive.");
    }
    if (max.compareTo(first) < 0 || giveUpAfter.compareTo(first) < 0) {
      throw new InvalidConfigurationException(
          "The backoff's max delay is %s and giveUpAfter is %s; neither may be shorter than the first delay, %s."
              .formatted(max, giveUpAfter, first));
    }
  }

  /**
   * Returns the default backoff.
   *
   * @return a backoff
   */
  public static Backoff ofDefaults() {
    return new Backoff(DEFAULT_FIRST, DEFAULT_MAX, DEFAULT_GIVE_UP_AFTER);
  }

  /**
   * Returns the delay before the next attempt.
   *
   * @param failures the number of failed attempts in a row; at least 1
   * @param random the source of the jitter
   * @return from zero to the exponential bound, evenly spread
   */
  public Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 30);
    long bound = Math.min(max.toMillis(), first.toMillis() << doublings);
    return Duration.ofMillis(random.nextLong(bound + 1));
  }
}
