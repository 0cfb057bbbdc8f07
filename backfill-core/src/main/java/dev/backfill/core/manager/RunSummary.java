package dev.backfill.core.manager;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The summary of a manager's run.
 *
 * @param slices the number of slices; 0 or more
 * @param chunks the number of committed chunks; 0 or more
 * @param items the number of items in them; 0 or more
 * @param completed the number of completed jobs; 0 or more
 * @param failed the number of failed slices; 0 or more
 * @param dispatched the number of requests to other destinations; 0 or more
 * @param nextDue when there is work again, which is now if the time was up; null if nothing will be
 *     due by itself
 */
public record RunSummary(
    int slices,
    long chunks,
    long items,
    int completed,
    int failed,
    int dispatched,
    @Nullable Instant nextDue) {

  /** The summary of a run that did nothing. */
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
