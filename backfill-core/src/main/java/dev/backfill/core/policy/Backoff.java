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

  /** Enough to get from a second to 34 years. */
  private static final int MAX_DOUBLINGS = 30;

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
    long bound = exponential(first, max, failures).toMillis();
    return Duration.ofMillis(random.nextLong(bound + 1));
  }

  /**
   * Returns whether to give up instead of another attempt after this delay.
   *
   * @param failing the time since the first of the failures in a row
   * @param delay the delay before the next attempt
   * @return true if {@link #giveUpAfter} would be over before that attempt
   */
  public boolean givesUp(Duration failing, Duration delay) {
    return failing.plus(delay).compareTo(giveUpAfter) > 0;
  }

  /**
   * Returns an exponential delay without jitter.
   *
   * @param first the delay after the first failure; positive
   * @param max the upper limit of the delay
   * @param failures the number of failures in a row; at least 1
   * @return {@code first}, doubled for each further failure, and at most {@code max}
   */
  public static Duration exponential(Duration first, Duration max, int failures) {
    long factor = 1L << Math.min(failures - 1, MAX_DOUBLINGS);
    return first.compareTo(max.dividedBy(factor)) <= 0 ? first.multipliedBy(factor) : max;
  }
}
