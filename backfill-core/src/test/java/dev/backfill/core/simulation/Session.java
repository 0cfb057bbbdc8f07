package dev.backfill.core.simulation;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads full pages, and hands out as much of them as was asked for. */
final class Session implements SourceSession<World.Row> {

  private final World world;
  private final Gate gate;
  private final Reading reading;
  private final Deque<Reading.Entry> fetched = new ArrayDeque<>();
  private Phase phase;
  private long spent;
  private Instant limitedUntil = Instant.MIN;
  private boolean closed;

  Session(World world, Gate gate, Reading reading) {
    this.world = world;
    this.gate = gate;
    this.reading = reading;
    this.phase = reading.phase();
  }

  @Override
  public void prepare() throws InterruptedException {
    checkAllowed();
    if (gate.quota() != null) {
      throw new Violation("a session is prepared while nothing is known", "" + gate.quota());
    }
    if (fetched.isEmpty() && !reading.ended()) {
      fetch(0);
    }
  }

  @Override
  public Chunk<World.Row> next(int size, long reserve) throws InterruptedException {
    checkAllowed();
    gate.checkReserve(reserve);
    while (fetched.size() < size && !reading.ended()) {
      if (!fetched.isEmpty() && reading.phase() != phase) {
        break;
      }
      try {
        fetch(reserve);
      } catch (RateLimitedException e) {
        if (fetched.isEmpty()) {
          throw e;
        }
        break;
      }
    }
    List<World.Row> items = new ArrayList<>();
    List<RejectedItem> rejected = new ArrayList<>();
    Cursor behind = reading.end();
    while (!fetched.isEmpty() && items.size() + rejected.size() < size) {
      Reading.Entry entry = fetched.remove();
      behind = entry.behind();
      if (entry.row() != null) {
        items.add(entry.row());
      } else if (entry.rejected() != null) {
        rejected.add(entry.rejected());
      }
    }
    boolean last = reading.ended() && fetched.isEmpty();
    Cursor next = fetched.isEmpty() && last ? reading.end() : behind;
    long cost = spent;
    spent = 0;
    return new Chunk<>(items, rejected, next, last, cost, phase);
  }

  private void fetch(long reserve) throws InterruptedException {
    try {
      Phase of = reading.phase();
      Reading.Page page = gate.request(reserve, reading::page);
      page.arrived().run();
      page.entries().forEach(entry -> gate.meddleWith(entry.row()));
      fetched.addAll(page.entries());
      phase = of;
      spent += world.pageCost;
    } catch (RateLimitedException e) {
      if (fetched.isEmpty()) {
        limitedUntil = e.until();
      }
      throw e;
    }
  }

  private void checkAllowed() {
    if (closed) {
      throw new Violation("a session that is closed is not read", "it was");
    }
    gate.checkAllowed(limitedUntil);
  }

  @Override
  public @Nullable Quota quota() {
    return gate.quota();
  }

  @Override
  public Total total() {
    return Total.estimate(world.rows.size());
  }

  @Override
  public void close() {
    closed = true;
  }
}
