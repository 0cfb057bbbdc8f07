package dev.backfill.core.comparison;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Plays a trace to an engine on manual time, and keeps on record what was asked of it. */
final class TraceSource implements PullSource<Integer> {

  private static final Duration WINDOW = Duration.ofHours(1);

  private final Trace trace;
  private final ManualTimeSource time;
  private final Instant start;
  private final Random random = new Random(7);
  private Instant windowEnds;
  private double remaining;
  private Instant othersSeen;

  final List<Integer> requested = new ArrayList<>();
  final List<Integer> sizes = new ArrayList<>();
  double largestSeconds;
  long wastedUnits;
  int failures;
  boolean reserveTouched;

  TraceSource(Trace trace, ManualTimeSource time) {
    this.trace = trace;
    this.time = time;
    this.start = time.now();
    this.windowEnds = start.plus(WINDOW);
    this.othersSeen = start;
    this.remaining = trace.allowance() == null ? 0 : trace.allowance().limit();
  }

  Duration sinceStart() {
    return Duration.between(start, time.now());
  }

  @Override
  public String name() {
    return "test:trace";
  }

  @Override
  public SourceSession<Integer> open(String target, Cursor from) {
    return new Session(from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  @Override
  public String itemKey(Integer item) {
    return item.toString();
  }

  private void letTimePass(Trace.Allowance allowance) {
    Instant now = time.now();
    while (!now.isBefore(windowEnds)) {
      othersSeen = windowEnds;
      windowEnds = windowEnds.plus(WINDOW);
      remaining = allowance.limit();
    }
    double hours = Duration.between(othersSeen, now).toMillis() / 3_600_000.0;
    remaining = Math.max(0, remaining - allowance.othersPerHour() * hours);
    othersSeen = now;
  }

  private final class Session implements SourceSession<Integer> {

    private int done;

    Session(int done) {
      this.done = done;
    }

    @Override
    public Chunk<Integer> next(int size, long reserve) {
      int items = Math.min(size, trace.items() - done);
      Trace.Allowance allowance = trace.allowance();
      if (allowance != null) {
        items = Math.min(items, affordable(allowance, reserve));
      }
      requested.add(size);
      Trace.Cost cost = trace.costs().of(items, done, random);
      time.advance(Duration.ofNanos((long) (cost.seconds() * 1e9)));
      largestSeconds = Math.max(largestSeconds, cost.seconds());
      long units = allowance == null ? 1 : (long) items * allowance.unitsPerItem();
      if (allowance != null) {
        remaining -= units;
        reserveTouched |= remaining < reserve;
        letTimePass(allowance);
      }
      if (cost.fails()) {
        failures++;
        wastedUnits += units;
        throw new TransientFailureException("502", null);
      }
      sizes.add(size);
      List<Integer> numbers = IntStream.range(done, done + items).boxed().toList();
      done += items;
      return new Chunk<>(
          numbers,
          List.of(),
          new Cursor(String.valueOf(done)),
          done == trace.items(),
          units,
          Phase.HISTORY,
          cost.bytes());
    }

    private int affordable(Trace.Allowance allowance, long reserve) {
      letTimePass(allowance);
      int affordable = (int) ((remaining - reserve) / allowance.unitsPerItem());
      if (affordable < 1) {
        throw RateLimitedException.primary(windowEnds, "quota");
      }
      return affordable;
    }

    @Override
    public @Nullable Quota quota() {
      Trace.Allowance allowance = trace.allowance();
      if (allowance == null) {
        return null;
      }
      letTimePass(allowance);
      return new Quota("core", allowance.limit(), (long) remaining, windowEnds);
    }

    @Override
    public Total total() {
      return Total.exact(trace.items());
    }

    @Override
    public void close() {}
  }
}
