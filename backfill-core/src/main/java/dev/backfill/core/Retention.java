package dev.backfill.core;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.core.config.BackfillSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * The removal of old rows from the tables that only grow: runs, transitions, events of jobs and
 * chunks of completed backfills. Safe for concurrent use.
 *
 * @param progress the store of the progress
 * @param jobs the store of the jobs
 */
public record Retention(ProgressStore progress, JobStore jobs) {

  /** The default min age of a row to remove: 90 days. */
  public static final Duration DEFAULT = Duration.ofDays(BackfillSettings.DEFAULT_RETENTION_DAYS);

  /** The max rows of a transaction: it takes moments, and holds no lock for longer. */
  private static final int BATCH = 1_000;

  /** Checks for null. */
  public Retention {
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(jobs, "jobs");
  }

  /**
   * Removes old rows, one batch a transaction.
   *
   * @param olderThan the min age of a row to remove; not negative
   * @param stop checked after each batch; true ends the removal, and a later call continues
   * @return the numbers of removed rows
   * @throws IllegalArgumentException if the age is negative
   * @throws dev.backfill.api.failure.BackfillException if the store fails; the earlier batches stay
   *     removed
   */
  public Pruned prune(Duration olderThan, BooleanSupplier stop) {
    check(olderThan);
    Pruned total = Pruned.NONE;
    Pruned batch;
    do {
      batch = progress.prune(olderThan, BATCH);
      total = total.plus(batch);
    } while (batch.rows() > 0 && !stop.getAsBoolean());
    long events = 1;
    while (events > 0 && !stop.getAsBoolean()) {
      events = jobs.pruneEvents(olderThan, BATCH);
      total = total.plus(new Pruned(0, 0, 0, events));
    }
    return total;
  }

  /**
   * Counts old rows. Changes nothing.
   *
   * @param olderThan the min age of a row to remove; not negative
   * @return the numbers of rows that {@link #prune} would remove
   * @throws IllegalArgumentException if the age is negative
   */
  public Pruned prunable(Duration olderThan) {
    check(olderThan);
    return progress.prunable(olderThan).plus(new Pruned(0, 0, 0, jobs.prunableEvents(olderThan)));
  }

  private static void check(Duration olderThan) {
    if (olderThan.isNegative()) {
      throw new IllegalArgumentException("olderThan is " + olderThan + "; it must not be negative");
    }
  }
}
