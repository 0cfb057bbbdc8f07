package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Priority;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import java.time.Instant;

/**
 * How jobs share the workers and the quota. Due jobs are served by a moment: when a job was queued
 * or last served, and a step later for each priority that it is less urgent. So the more urgent
 * come first, those of one priority take turns, and every job comes before all that are queued a
 * few steps after it.
 *
 * @param step how much later the next priority is; zero or more
 * @param newcomer how much earlier a job is served that had no slice yet; zero or more
 * @param first how long the first slice of a job may be
 * @param further how long every further slice may be
 */
public record FairnessRules(
    Duration step, Duration newcomer, SliceLimits first, SliceLimits further) {

  /** Steps of 10 minutes; newcomers an hour earlier, with 2 chunks; slices of a minute. */
  public static final FairnessRules DEFAULT =
      new FairnessRules(
          Duration.ofMinutes(10),
          Duration.ofHours(1),
          SliceLimits.UNLIMITED.withMaxChunks(2).withMaxDuration(Duration.ofMinutes(1)),
          SliceLimits.UNLIMITED.withMaxDuration(Duration.ofMinutes(1)));

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when a duration is negative
   */
  public FairnessRules {
    if (step.isNegative() || newcomer.isNegative()) {
      throw new InvalidConfigurationException(
          "The step between priorities is %s and newcomers come %s earlier; neither may be negative."
              .formatted(step, newcomer));
    }
  }

  Instant order(Priority priority, Instant since, boolean isNew) {
    Instant waitingSince = since.plus(step.multipliedBy(priority.ordinal()));
    return isNew ? waitingSince.minus(newcomer) : waitingSince;
  }
}
