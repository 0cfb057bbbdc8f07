package dev.backfill.core.simulation;

import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.util.List;
import java.util.TreeMap;

/** Where items go: a newer version replaces an older one. */
class InMemoryTable implements Sink<World.Row> {

  final TreeMap<Integer, Long> versions = new TreeMap<>();

  @Override
  public SinkCounts write(List<World.Row> items, SinkTransaction transaction) {
    int inserted = 0;
    int updated = 0;
    for (World.Row item : items) {
      Long before = versions.get(item.key());
      if (replaces(item.version(), before == null ? 0 : before)) {
        versions.put(item.key(), item.version());
        if (before == null) {
          inserted++;
        } else {
          updated++;
        }
      }
    }
    return new SinkCounts(inserted, updated);
  }

  boolean replaces(long version, long before) {
    return version > before;
  }
}
