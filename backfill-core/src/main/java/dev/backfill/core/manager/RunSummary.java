package dev.backfill.core.manager;

import dev.backfill.core.run.SliceResult;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a manager's run.
 *
 * @param slices the number of slices; 0 or more
 * @param counts the counts of what they have committed
 * @param completed the number of completed jobs; 0 or more
 * @param failed the number of failed slices; 0 or more
 * @param dispatched the number of requests to other destinations; 0 or more
 * @param nextDue when there is work again, which is now if the time was up; null if nothing will be
 *     due by itself
 */
public record RunSummary(
    int slices,
    SliceResult.Counts counts,
    int completed,
    int failed,
    int dispatched,
    @Nullable Instant nextDue) {

  /** The summary of a run that did nothing. */
  static final RunSummary NOTHING = new RunSummary(0, SliceResult.Counts.NONE, 0, 0, 0, null);

  RunSummary plus(RunSummary other) {
    return new RunSummary(
        slices + other.slices,
        counts.plus(other.counts),
        completed + other.completed,
        failed + other.failed,
        dispatched + other.dispatched,
        nextDue);
  }

  RunSummary until(@Nullable Instant due) {
    return new RunSummary(slices, counts, completed, failed, dispatched, due);
  }
}
