package dev.backfill.core.internal.engine;

import dev.backfill.core.run.SliceCounts;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;

/**
 * What its limits leave of a slice. Its tasks follow each other, and each gets a chunk: what comes
 * before the first chunk of one may use up small limits in every slice, which would never come to
 * it. Belongs to one thread.
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

  /** A task begins, after so much. */
  void begin(SliceCounts done) {
    chunksBefore = done.chunks();
    workedBefore = work.elapsed();
  }

  boolean isUsedUp(SliceCounts done) {
    boolean begun = done.chunks() > chunksBefore;
    Duration worked = begun ? work.elapsed() : work.elapsed().minus(workedBefore);
    return begun && done.chunks() >= limits.maxChunks()
        || worked.compareTo(limits.maxDuration()) >= 0;
  }
}
