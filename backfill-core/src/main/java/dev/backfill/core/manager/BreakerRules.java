package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.Locale;

/**
 * The rules by which the same failure at target after target suspends all work for a while: a
 * refused token, an API or a database that is down.
 *
 * @param targets the number of targets in a row; 2 or more
 * @param first the first suspension; doubles each time the next try fails; positive
 * @param max the max suspension; at least {@code first}
 */
public record BreakerRules(int targets, Duration first, Duration max) {

  /** Five targets in a row; a minute at first, half an hour at most. */
  public static final BreakerRules DEFAULT =
      new BreakerRules(5, Duration.ofMinutes(1), Duration.ofMinutes(30));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is out of its range
   */
  public BreakerRules {
    if (targets < 2 || first.isZero() || first.isNegative() || max.compareTo(first) < 0) {
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "BreakerRules: targets is %d, first %s, max %s; targets must be at least 2, first positive,"
                  + " and max at least first.",
              targets,
              first,
              max));
    }
  }
}
