package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Priority;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import java.time.Instant;

/**
 * The rules by which jobs share the workers and the quota.
 *
 * <p>The manager serves due jobs in the order of a moment. That is when a job was queued or last
 * served, and a step later for each priority that it is less urgent. So more urgent jobs come
 * first, and those of one priority take turns. Every job comes before all that are queued a few
 * steps after it.
 *
 * @param step the delay of the next priority; zero or more
 * @param newcomer the time by which a job that had no slice yet is served earlier; zero or more
 * @param first the limits of a job's first slice
 * @param further the limits of every further slice
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
   * @throws InvalidConfigurationException if a duration is negative
   */
  public FairnessRules {
    if (step.isNegative() || newcomer.isNegative()) {
      throw new InvalidConfigurationException(
          "FairnessRules: step is %s and newcomer is %s; neither may be negative."
              .formatted(step, newcomer));
    }
  }

  Instant order(Priority priority, Instant since, boolean isNew) {
    Instant waitingSince = since.plus(step.multipliedBy(priority.ordinal()));
    return isNew ? waitingSince.minus(newcomer) : waitingSince;
  }
}
