package dev.backfill.core;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.core.config.BackfillSettings;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Removes old rows of the records that only grow: runs, transitions, events of jobs and chunks of
 * completed backfills. Safe for concurrent use.
 *
 * @param progress the store of the progress
 * @param jobs the store of the jobs
 */
public record Retention(ProgressStore progress, JobStore jobs) {

  /** The age from which on rows are removed unless stated: 90 days. */
  public static final Duration DEFAULT = Duration.ofDays(BackfillSettings.DEFAULT_RETENTION_DAYS);

  /** Few enough that a transaction takes moments, and holds no lock for longer. */
  private static final int BATCH = 1_000;

  /** Checks for null. */
  public Retention {
    Objects.requireNonNull(progress, "progress");
    Objects.requireNonNull(jobs, "jobs");
  }

  /**
   * Removes old rows, a batch a transaction.
   *
   * @param olderThan the age from which on a row is old; not negative
   * @param stop asked after each batch; true ends it, and a later call continues
   * @return the rows that were removed
   * @throws IllegalArgumentException if the age is negative
   * @throws dev.backfill.api.failure.BackfillException if the store fails; the batches before stay
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
   * @param olderThan the age from which on a row is old; not negative
   * @return the rows that {@link #prune} would remove
   * @throws IllegalArgumentException if the age is negative
   */
  public Pruned prunable(Duration olderThan) {
    check(olderThan);
    return progress.prunable(olderThan).plus(new Pruned(0, 0, 0, jobs.prunableEvents(olderThan)));
  }

  private static void check(Duration olderThan) {
    if (olderThan.isNegative()) {
      throw new IllegalArgumentException("the age is " + olderThan + "; it must not be negative");
    }
  }
}
