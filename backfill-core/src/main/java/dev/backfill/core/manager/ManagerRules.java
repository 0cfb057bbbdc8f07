package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Priority;
import dev.backfill.api.quota.Quota;
import dev.backfill.core.policy.Backoff;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Objects;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a manager: how jobs share the workers, when they run again, and when work is
 * suspended. {@link BackfillManager.Builder#rules} changes them.
 *
 * @param fairness the rules by which jobs share the workers and the quota
 * @param retries the rules by which a failed job is tried again
 * @param breaker the rules by which the same failure at many targets suspends all work for a while
 * @param dispatches the rules by which another destination counts as failing
 * @param sync the interval at which complete histories are checked for new items; null to check
 *     only if a user asks
 */
public record ManagerRules(
    Fairness fairness,
    Retries retries,
    Breaker breaker,
    Dispatches dispatches,
    @Nullable Sync sync) {

  /** The defaults of all rules. */
  public static final ManagerRules DEFAULT =
      new ManagerRules(
          Fairness.DEFAULT, Retries.DEFAULT, Breaker.DEFAULT, Dispatches.DEFAULT, Sync.DEFAULT);

  /** Checks for null. */
  public ManagerRules {
    Objects.requireNonNull(fairness, "fairness");
    Objects.requireNonNull(retries, "retries");
    Objects.requireNonNull(breaker, "breaker");
    Objects.requireNonNull(dispatches, "dispatches");
  }

  /**
   * Returns the same rules with another fairness.
   *
   * @param value the rules by which jobs share the workers and the quota
   * @return the rules
   */
  public ManagerRules withFairness(Fairness value) {
    return new ManagerRules(value, retries, breaker, dispatches, sync);
  }

  /**
   * Returns the same rules with other retries.
   *
   * @param value the rules by which a failed job is tried again
   * @return the rules
   */
  public ManagerRules withRetries(Retries value) {
    return new ManagerRules(fairness, value, breaker, dispatches, sync);
  }

  /**
   * Returns the same rules with another breaker.
   *
   * @param value the rules by which the same failure at many targets suspends all work for a while
   * @return the rules
   */
  public ManagerRules withBreaker(Breaker value) {
    return new ManagerRules(fairness, retries, value, dispatches, sync);
  }

  /**
   * Returns the same rules with other dispatches.
   *
   * @param value the rules by which another destination counts as failing
   * @return the rules
   */
  public ManagerRules withDispatches(Dispatches value) {
    return new ManagerRules(fairness, retries, breaker, value, sync);
  }

  /**
   * Returns the same rules with another sync interval, or without one.
   *
   * @param value the interval at which complete histories are checked for new items; null to check
   *     only if a user asks
   * @return the rules
   */
  public ManagerRules withSync(@Nullable Sync value) {
    return new ManagerRules(fairness, retries, breaker, dispatches, value);
  }

  /** Returns the max delay of a job that these rules can result in. */
  Duration maxDelay() {
    return Stream.of(
            retries.max().multipliedBy(2),
            retries.afterGivingUp(),
            sync == null ? Duration.ZERO : sync.max())
        .max(Comparator.naturalOrder())
        .orElseThrow();
  }

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
  public record Fairness(Duration step, Duration newcomer, SliceLimits first, SliceLimits further) {

    /** Steps of 10 minutes; newcomers an hour earlier, with 2 chunks; slices of a minute. */
    public static final Fairness DEFAULT =
        new Fairness(
            Duration.ofMinutes(10),
            Duration.ofHours(1),
            SliceLimits.UNLIMITED.withMaxChunks(2).withMaxDuration(Duration.ofMinutes(1)),
            SliceLimits.UNLIMITED.withMaxDuration(Duration.ofMinutes(1)));

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if a duration is negative
     */
    public Fairness {
      if (step.isNegative() || newcomer.isNegative()) {
        throw new InvalidConfigurationException(
            "ManagerRules.Fairness: step is %s and newcomer is %s; neither may be negative."
                .formatted(step, newcomer));
      }
    }

    Instant order(Priority priority, Instant since, boolean isNew) {
      Instant waitingSince = since.plus(step.multipliedBy(priority.ordinal()));
      return isNew ? waitingSince.minus(newcomer) : waitingSince;
    }
  }

  /**
   * The rules by which a failed job is tried again. The delays are stored, so that a restart
   * forgets none of them.
   *
   * @param first the delay after the first failure; doubles with each further one; positive
   * @param max the max delay; at least {@code first}
   * @param attempts the number of failures in a row that are tried again, before the job counts as
   *     failed; 0 or more
   * @param afterGivingUp the delay after which a failed job tries again by itself; positive
   */
  public record Retries(Duration first, Duration max, int attempts, Duration afterGivingUp) {

    /** 1, 2, 4 minutes and so on up to an hour, 6 times; then every 6 hours. */
    public static final Retries DEFAULT =
        new Retries(Duration.ofMinutes(1), Duration.ofHours(1), 6, Duration.ofHours(6));

    private static final double JITTER = 0.2;

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if one is out of its range
     */
    public Retries {
      if (first.isZero()
          || first.isNegative()
          || max.compareTo(first) < 0
          || attempts < 0
          || afterGivingUp.isZero()
          || afterGivingUp.isNegative()) {
        throw new InvalidConfigurationException(
            String.format(
                Locale.ROOT,
                "ManagerRules.Retries: first is %s, max %s, attempts %d, afterGivingUp %s; the delays must be positive, max"
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

  /**
   * The rules by which the same failure at target after target suspends all work for a while: a
   * refused token, an API or a database that is down.
   *
   * @param targets the number of targets in a row; 2 or more
   * @param first the first suspension; doubles each time the next try fails; positive
   * @param max the max suspension; at least {@code first}
   */
  public record Breaker(int targets, Duration first, Duration max) {

    /** Five targets in a row; a minute at first, half an hour at most. */
    public static final Breaker DEFAULT =
        new Breaker(5, Duration.ofMinutes(1), Duration.ofMinutes(30));

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if one is out of its range
     */
    public Breaker {
      if (targets < 2 || first.isZero() || first.isNegative() || max.compareTo(first) < 0) {
        throw new InvalidConfigurationException(
            String.format(
                Locale.ROOT,
                "ManagerRules.Breaker: targets is %d, first %s, max %s; targets must be at least 2, first positive,"
                    + " and max at least first.",
                targets,
                first,
                max));
      }
    }
  }

  /**
   * The rules by which another destination counts as failing.
   *
   * @param claimWithin the max time until a worker there takes a job, and the max time for which a
   *     taken job may lack a sign of life; positive
   * @param pollInterval the interval at which a run is polled; positive
   * @param sample the number of the last jobs there that count; 1 or more
   * @param failureLimit the share of them that may fail, from 0 to 1
   * @param suspension the time for which the destination is suspended if more have failed; doubles
   *     with each further time in a row, up to a day; positive
   */
  public record Dispatches(
      Duration claimWithin,
      Duration pollInterval,
      int sample,
      double failureLimit,
      Duration suspension) {

    /** Claimed within 15 minutes; of at least 5 of the last 20 jobs, at most half may fail. */
    public static final Dispatches DEFAULT =
        new Dispatches(
            Duration.ofMinutes(15), Duration.ofSeconds(30), 20, 0.5, Duration.ofHours(1));

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if one is out of its range
     */
    public Dispatches {
      boolean positive =
          isPositive(claimWithin)
              && isPositive(pollInterval)
              && isPositive(suspension)
              && sample >= 1;
      if (!positive || !(failureLimit >= 0 && failureLimit <= 1)) {
        throw new InvalidConfigurationException(
            String.format(
                Locale.ROOT,
                "ManagerRules.Dispatches: claimWithin is %s, pollInterval %s, sample %d, failureLimit %s,"
                    + " suspension %s; durations and the sample must be positive, and failureLimit from 0 to 1.",
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

    /** Returns the min number of outcomes to judge by: a quarter of the sample. */
    int minSample() {
      return Math.max(1, sample / 4);
    }
  }

  /**
   * The interval at which a complete history is checked for new items. It grows with the jobs that
   * are due, and doubles while little quota is left, so that syncs never crowd out histories.
   *
   * @param min the interval while little is due; positive
   * @param max the max interval; at least {@code min}
   */
  public record Sync(Duration min, Duration max) {

    /** Every hour, and at least once a day. */
    public static final Sync DEFAULT = new Sync(Duration.ofHours(1), Duration.ofDays(1));

    private static final int JOBS_TO_A_WORKER = 20;
    private static final double LITTLE_QUOTA = 0.25;

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if one is out of its range
     */
    public Sync {
      if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
        throw new InvalidConfigurationException(
            "ManagerRules.Sync: min is %s and max is %s; min must be positive, and max at least min."
                .formatted(min, max));
      }
    }

    /**
     * Returns the interval now.
     *
     * @param due the number of due jobs; 0 or more
     * @param workers the number of jobs that can run at once; 1 or more
     * @param quota the quota that is left, or null if it is not known
     * @return from {@code min} to {@code max}
     */
    Duration now(int due, int workers, @Nullable Quota quota) {
      double factor = 1 + (double) Math.max(0, due - workers) / (workers * JOBS_TO_A_WORKER);
      if (quota != null && quota.remaining() < quota.limit() * LITTLE_QUOTA) {
        factor *= 2;
      }
      double millis = Math.min(min.toMillis() * factor, max.toMillis());
      return Duration.ofMillis((long) millis);
    }
  }
}
