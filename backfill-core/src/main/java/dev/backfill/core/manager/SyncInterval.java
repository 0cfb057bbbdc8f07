package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.quota.Quota;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How often a complete history is looked at for what is new. The interval grows with the jobs that
 * are due, and doubles while little quota is left, so that syncs never crowd out histories.
 *
 * @param min the interval while there is little to do; positive
 * @param max the max interval; at least {@code min}
 */
public record SyncInterval(Duration min, Duration max) {

  /** Every hour, and at least once a day. */
  public static final SyncInterval DEFAULT =
      new SyncInterval(Duration.ofHours(1), Duration.ofDays(1));

  private static final int JOBS_TO_A_WORKER = 20;
  private static final double LITTLE_QUOTA = 0.25;

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException when one is out of its range
   */
  public SyncInterval {
    if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
      throw new InvalidConfigurationException(
          "Syncs come every %s, at least every %s; the first must be positive and the second no shorter."
              .formatted(min, max));
    }
  }

  /**
   * The interval now.
   *
   * @param due how many jobs are due; 0 or more
   * @param workers how many of them can run at once; 1 or more
   * @param quota what is left, or null when nobody knows
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
