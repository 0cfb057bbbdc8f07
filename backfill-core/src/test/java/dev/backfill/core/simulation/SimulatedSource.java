package dev.backfill.core.simulation;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import java.util.List;
import java.util.Optional;

/** The world as a worker reads it. Reads nothing by itself: its sessions do, through a gate. */
class SimulatedSource implements PullSource<World.Row> {

  private final World world;
  private final Gate gate;
  private final int level;

  /** Reads each item with so much detail; a cursor of a lower level is not enough. */
  SimulatedSource(World world, Gate gate, int level) {
    this.world = world;
    this.gate = gate;
    this.level = level;
  }

  @Override
  public String name() {
    return "simulated:rows";
  }

  @Override
  public SourceSession<World.Row> open(String target, Cursor from) {
    return new Session(world, gate, new Reading.Stream(world, Place.of(from, level), from, this));
  }

  @Override
  public String itemKey(World.Row item) {
    return "" + item.key();
  }

  @Override
  public boolean canResume(Cursor cursor) {
    return Place.of(cursor, level).level() >= level;
  }

  @Override
  public Optional<SourceSession<World.Row>> openByKeys(
      String target, List<String> keys, Cursor at) {
    return Optional.of(new Session(world, gate, new Reading.Again(world, keys, at)));
  }

  /** Where the reader of a page goes on. */
  Place behind(Place place, List<World.Row> page) {
    return place.behind(page.get(page.size() - 1));
  }
}
