package dev.backfill.core.manager;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a run of the manager did.
 *
 * @param slices slices that were run; 0 or more
 * @param chunks chunks that were committed; 0 or more
 * @param items items in them; 0 or more
 * @param completed jobs that were completed; 0 or more
 * @param failed slices that failed; 0 or more
 * @param dispatched requests to other destinations; 0 or more
 * @param nextDue when there is something to do again, which is now when the time was up; null when
 *     nothing will be due by itself
 */
public record RunSummary(
    int slices,
    long chunks,
    long items,
    int completed,
    int failed,
    int dispatched,
    @Nullable Instant nextDue) {

  /** Nothing was done. */
  static final RunSummary NOTHING = new RunSummary(0, 0, 0, 0, 0, 0, null);

  RunSummary plus(RunSummary other) {
    return new RunSummary(
        slices + other.slices,
        chunks + other.chunks,
        items + other.items,
        completed + other.completed,
        failed + other.failed,
        dispatched + other.dispatched,
        nextDue);
  }

  RunSummary until(@Nullable Instant due) {
    return new RunSummary(slices, chunks, items, completed, failed, dispatched, due);
  }
}
