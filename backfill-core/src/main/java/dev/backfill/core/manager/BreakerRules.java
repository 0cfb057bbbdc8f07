package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.Locale;

/**
 * When the same failure at one target after the other stops all work for a while: a token that is
 * refused, an API or a database that is down.
 *
 * @param targets how many targets in a row; 2 or more
 * @param first how long work rests the first time; doubles each time the next try fails; positive
 * @param max the longest rest; at least {@code first}
 */
public record BreakerRules(int targets, Duration first, Duration max) {

  /** Five targets in a row; a minute at first, half an hour at most. */
  public static final BreakerRules DEFAULT =
      new BreakerRules(5, Duration.ofMinutes(1), Duration.ofMinutes(30));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public BreakerRules {
    if (targets < 2 || first.isZero() || first.isNegative() || max.compareTo(first) < 0) {
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "Work rests after %d targets for %s, at most %s; it takes at least 2 targets, a"
                  + " positive first rest, and a longest one that is no shorter.",
              targets,
              first,
              max));
    }
  }
}
