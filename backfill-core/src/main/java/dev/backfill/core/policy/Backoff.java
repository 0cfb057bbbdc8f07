package dev.backfill.core.policy;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait after a transient failure: exponential with full jitter, and an end.
 *
 * @param first the longest delay after the first failure; doubles with each further one; positive
 * @param max the longest delay of all; at least {@code first}
 * @param giveUpAfter how long failures in a row may go on before the job stops as failed; at least
 *     {@code first}
 */
public record Backoff(Duration first, Duration max, Duration giveUpAfter) {

  /** The longest delay after the first failure unless stated: 1 second. */
  public static final Duration DEFAULT_FIRST = Duration.ofSeconds(1);

  /** The longest delay of all unless stated: 20 seconds. */
  public static final Duration DEFAULT_MAX = Duration.ofSeconds(20);

  /** How long failures in a row may go on unless stated: 90 seconds. */
  public static final Duration DEFAULT_GIVE_UP_AFTER = Duration.ofSeconds(90);

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public Backoff {
    if (first.isNegative() || first.isZero()) {
      throw new InvalidConfigurationException(
          "The first delay is " + first + "; it must be positive.");
    }
    if (max.compareTo(first) < 0 || giveUpAfter.compareTo(first) < 0) {
      throw new InvalidConfigurationException(
          "The longest delay is %s and giving up after is %s; neither may be shorter than the first delay, %s."
              .formatted(max, giveUpAfter, first));
    }
  }

  /**
   * The stated defaults.
   *
   * @return a backoff
   */
  public static Backoff ofDefaults() {
    return new Backoff(DEFAULT_FIRST, DEFAULT_MAX, DEFAULT_GIVE_UP_AFTER);
  }

  /**
   * The delay before the next attempt.
   *
   * @param failures how many attempts failed in a row; at least 1
   * @param random where the jitter comes from
   * @return from zero to the exponential bound, evenly spread
   */
  public Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 30);
    long bound = Math.min(max.toMillis(), first.toMillis() << doublings);
    return Duration.ofMillis(random.nextLong(bound + 1));
  }
}
