package dev.backfill.core.internal.engine;

import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;

/**
 * Budget of a slice: tracks how much of its limits the slice has used. Each task may commit at
 * least one chunk, so that small limits cannot starve the later task. Used by one thread.
 */
final class SliceBudget {

  private final SliceLimits limits;
  private final WorkClock work;
  private long chunksBefore;
  private Duration workedBefore = Duration.ZERO;

  SliceBudget(SliceLimits limits, WorkClock work) {
    this.limits = limits;
    this.work = work;
  }

  /** Begins a task, with the counts of the slice so far. */
  void begin(SliceResult.Counts done) {
    chunksBefore = done.chunks();
    workedBefore = work.elapsed();
  }

  boolean isUsedUp(SliceResult.Counts done) {
    boolean begun = done.chunks() > chunksBefore;
    Duration worked = begun ? work.elapsed() : work.elapsed().minus(workedBefore);
    return begun && done.chunks() >= limits.maxChunks()
        || worked.compareTo(limits.maxDuration()) >= 0;
  }
}
