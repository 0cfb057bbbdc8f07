package dev.backfill.core.simulation;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.util.ArrayList;
import java.util.List;

/** The sink as all writers meet it: it may fail, and no version may go back. */
record RecordedTable(InMemoryTable table, FaultModel faults, int refusedOf)
    implements Sink<World.Row> {

  @Override
  public SinkCounts write(List<World.Row> items, SinkTransaction transaction) {
    if (faults.strikes("sink fails")) {
      throw new TransientFailureException("the sink's connection was lost", null);
    }
    requireAccepted(items);
    return put(items, transaction);
  }

  /** One item of so many cannot be stored for its data; none where the number is 0. */
  private boolean refuses(World.Row row) {
    return refusedOf > 0 && row.key() % refusedOf == refusedOf / 2;
  }

  void requireAccepted(List<World.Row> items) {
    for (World.Row item : items) {
      if (refuses(item)) {
        throw new PoisonItemException(item.key() + " is too long", null);
      }
    }
  }

  /** Writes what the source now has, as a live sync does beside the backfill. */
  void writeLive(World.Row row, SinkTransaction transaction) {
    if (!refuses(row)) {
      put(List.of(row), transaction);
    }
  }

  private SinkCounts put(List<World.Row> items, SinkTransaction transaction) {
    List<Long> before = new ArrayList<>();
    items.forEach(item -> before.add(table.versions.getOrDefault(item.key(), 0L)));
    SinkCounts counts = table.write(items, transaction);
    for (int i = 0; i < items.size(); i++) {
      long after = table.versions.getOrDefault(items.get(i).key(), 0L);
      if (after < before.get(i)) {
        throw new Violation(
            "an older copy never overwrites a newer one",
            items.get(i) + " replaced version " + before.get(i));
      }
    }
    return counts;
  }
}
