package dev.backfill.core.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What the simulated API holds, and how much may be asked of it: one quota for all callers. */
final class World {

  /** An item; a newer copy has a larger version. A broken one cannot be delivered. */
  record Row(int key, long version, long changedAt, boolean broken) {}

  final TreeMap<Integer, Row> rows = new TreeMap<>();
  final long limit;
  final int pageSize;
  final int pageCost;
  private final long windowNanos;
  private final SplittableRandom random;
  private Consumer<Row> liveWriter = row -> {};
  private int lastKey;
  private long lastVersion;
  private long windowEndsAt;
  private long used;

  World(SplittableRandom random) {
    this.random = random;
    pageSize = 1 + random.nextInt(10);
    pageCost = random.nextInt(3) == 0 ? 1 + random.nextInt(5) : 1;
    limit = 20 + random.nextInt(random.nextBoolean() ? 40 : 2_000);
    windowNanos = Simulation.seconds(300 + random.nextInt(3_000));
    int count = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(random.nextInt(4) == 0 ? 90 : 30);
    int brokenPercent = random.nextBoolean() ? 0 : 1 + random.nextInt(20);
    for (int i = 0; i < count; i++) {
      create(0, random.nextInt(100) < brokenPercent);
    }
  }

  Row create(long now, boolean broken) {
    Row row = new Row(++lastKey, ++lastVersion, now, broken);
    rows.put(row.key, row);
    return row;
  }

  Row change(Row row, long now, boolean broken) {
    Row changed = new Row(row.key, ++lastVersion, now, broken);
    rows.put(row.key, changed);
    return changed;
  }

  /** Whether it can be delivered changes, and nothing else. */
  Row toggleBroken(Row row) {
    Row toggled = new Row(row.key, row.version, row.changedAt, !row.broken);
    rows.put(row.key, toggled);
    return toggled;
  }

  /** Who stores items beside the backfill. */
  void writtenLiveBy(Consumer<Row> writer) {
    liveWriter = writer;
  }

  void writeLive(Row row) {
    liveWriter.accept(row);
  }

  @Nullable Row any() {
    if (rows.isEmpty()) {
      return null;
    }
    Integer key = rows.ceilingKey(1 + random.nextInt(lastKey));
    return rows.get(key == null ? rows.firstKey() : key);
  }

  /** The next page from a place on, as it is now. */
  List<Row> page(Place place) {
    List<Row> page = new ArrayList<>();
    if (place.isHistory()) {
      for (Row row : rows.tailMap(place.lastKey(), false).values()) {
        if (page.size() == pageSize) {
          break;
        }
        page.add(row);
      }
      return page;
    }
    List<Row> changed = new ArrayList<>();
    for (Row row : rows.values()) {
      boolean ahead =
          row.changedAt < place.lastChange()
              || (row.changedAt == place.lastChange() && row.key < place.lastKey());
      if (row.changedAt >= place.since() && ahead) {
        changed.add(row);
      }
    }
    changed.sort(Comparator.comparingLong(Row::changedAt).thenComparing(Row::key).reversed());
    return changed.subList(0, Math.min(pageSize, changed.size()));
  }

  /** Takes units from the window, unless there are not that many left. */
  boolean spend(long units, long now) {
    if (now >= windowEndsAt) {
      windowEndsAt = now + windowNanos;
      used = 0;
    }
    if (used + units > limit) {
      return false;
    }
    used += units;
    return true;
  }

  long used() {
    return used;
  }

  long remaining() {
    return limit - used;
  }

  long windowEndsAt() {
    return windowEndsAt;
  }
}
