package dev.backfill.core.simulation;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A way through the world, page by page. */
interface Reading {

  /** An item, or why there is none, and the place behind it. */
  record Entry(World.@Nullable Row row, @Nullable RejectedItem rejected, Cursor behind) {

    static Entry of(World.Row row, Cursor behind) {
      return row.broken()
          ? new Entry(null, new RejectedItem("" + row.key(), "broken", ""), behind)
          : new Entry(row, null, behind);
    }
  }

  /** A page, and what to do once it has arrived: to go on behind it. */
  record Page(List<Entry> entries, Runnable arrived) {}

  /** The next page, as the world is at this moment; may be empty. */
  Page page(long now);

  /** Whether there is no further page. */
  boolean ended();

  /** Of what phase the next page is. */
  Phase phase();

  /** Where a session is that has handed out everything. */
  Cursor end();

  /** The history, and then what changed since it was begun, until nothing is new. */
  final class Stream implements Reading {

    private final World world;
    private final SimulatedSource source;
    private final Cursor openedAt;
    private final boolean reopened;
    private Place place;
    private boolean anythingNew;

    Stream(World world, Place from, Cursor openedAt, SimulatedSource source) {
      this.world = world;
      this.source = source;
      this.openedAt = openedAt;
      this.reopened = from.ended();
      this.place = from.reopened();
    }

    @Override
    public Page page(long now) {
      Place begun = place.begunAt(now);
      List<World.Row> page = world.page(begun);
      List<Entry> entries = new ArrayList<>();
      for (World.Row row : page) {
        entries.add(Entry.of(row, begun.behind(row).cursor()));
      }
      Place last = page.isEmpty() ? begun : source.behind(begun, page);
      Place after = last;
      if (page.size() < world.pageSize) {
        boolean quiet = !last.isHistory() && last.hasReadNothing();
        after = quiet ? last.caughtUp() : last.nextPass();
      }
      Place next = after;
      return new Page(
          entries,
          () -> {
            anythingNew |= !entries.isEmpty();
            place = next;
          });
    }

    @Override
    public boolean ended() {
      return place.ended();
    }

    @Override
    public Phase phase() {
      return place.isHistory() ? Phase.HISTORY : Phase.CATCH_UP;
    }

    @Override
    public Cursor end() {
      return reopened && !anythingNew ? openedAt : place.cursor();
    }
  }

  /** Chosen items. */
  final class Again implements Reading {

    private final World world;
    private final List<String> keys;
    private final Cursor at;

    Again(World world, List<String> keys, Cursor at) {
      this.world = world;
      this.keys = new ArrayList<>(keys);
      this.at = at;
    }

    @Override
    public Page page(long now) {
      List<Entry> entries = new ArrayList<>();
      for (String key : keys.subList(0, Math.min(world.pageSize, keys.size()))) {
        World.Row row = world.rows.get(Integer.valueOf(key));
        entries.add(
            row == null
                ? new Entry(null, new RejectedItem(key, "vanished", ""), at)
                : Entry.of(row, at));
      }
      return new Page(entries, () -> keys.subList(0, entries.size()).clear());
    }

    @Override
    public boolean ended() {
      return keys.isEmpty();
    }

    @Override
    public Phase phase() {
      return Phase.RETRY;
    }

    @Override
    public Cursor end() {
      return at;
    }
  }
}
