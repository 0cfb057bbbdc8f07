package dev.backfill.core.manager;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.quota.Quota;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The interval at which a complete history is checked for new items. It grows with the jobs that
 * are due, and doubles while little quota is left, so that syncs never crowd out histories.
 *
 * @param min the interval while little is due; positive
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
   * @throws InvalidConfigurationException if one is out of its range
   */
  public SyncInterval {
    if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
      throw new InvalidConfigurationException(
          "SyncInterval: min is %s and max is %s; min must be positive, and max at least min."
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
