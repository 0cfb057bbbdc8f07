package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Reads one stream of one repository. What it has fetched it keeps until it is delivered. */
public final class PullSession<T> implements Pull<T> {

  private final StreamReader<T> reader;
  private final Route<T> route;
  private final String target;
  private final Cursor opened;
  private final @Nullable CursorState from;

  private final List<Slot<T>> waiting = new ArrayList<>();
  private final LongAdder spent = new LongAdder();
  private volatile @Nullable Reading<T> reading;
  private boolean delivered;
  private boolean closed;

  PullSession(
      StreamReader<T> reader,
      Route<T> route,
      String target,
      Cursor opened,
      @Nullable CursorState from) {
    this.reader = reader;
    this.route = route;
    this.target = target;
    this.opened = opened;
    this.from = from;
  }

  /** What is known after the first request. */
  private record Reading<T>(
      OpenRepository repository, Set<String> extras, Course<T> course, Crew<T> crew) {}

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    if (size < 1 || reserve < 0) {
      throw new IllegalArgumentException(
          "size is " + size + " and reserve is " + reserve + "; at least 1 and 0 are needed");
    }
    if (closed) {
      throw new IllegalStateException("this session is closed");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Budget budget = new Budget(reserve, spent);
    Reading<T> now = begun(budget);
    fill(now, size, budget);
    List<Slot<T>> wanted = waiting.subList(0, Math.min(size, waiting.size()));
    int ready = now.crew().complete(wanted, budget);
    Chunk<T> chunk = deliver(now, waiting.subList(0, ready));
    if (now.course().walker().left() + waiting.size() <= size) {
      now.course().walker().lookAhead(reserve);
    }
    return chunk;
  }

  /** The first page tells the quota. */
  @Override
  public void prepare() throws InterruptedException {
    if (closed) {
      return;
    }
    Budget budget = new Budget(0, spent);
    Reading<T> now = begun(budget);
    if (quota() == null) {
      now.course().warmUp(budget);
    }
  }

  private Reading<T> begun(Budget budget) throws InterruptedException {
    Reading<T> now = reading;
    if (now == null) {
      now = begin(budget);
      reading = now;
    }
    return now;
  }

  private Reading<T> begin(Budget budget) throws InterruptedException {
    Workplace workplace = reader.workplace();
    Long knownId = from == null ? null : from.repositoryId();
    RepositoryDirectory.Found found = workplace.directory().find(target, knownId, budget);
    OpenRepository repository = new OpenRepository(workplace, found.repository());
    Set<String> extras = new TreeSet<>(reader.extras());
    if (from != null) {
      extras.retainAll(from.extras());
    }
    Course<T> course =
        from == null
            ? Course.fromStart(route, repository, reader.listing().times(), found.serverTime())
            : new Course<>(route, repository, reader.listing().times(), from.stage());
    return new Reading<>(
        repository, extras, course, new Crew<>(workplace, repository, Refused.limited()));
  }

  /** Takes items until there are enough, or no more can be had now, or another stage begins. */
  private void fill(Reading<T> now, int size, Budget budget) throws InterruptedException {
    Course<T> course = now.course();
    while (waiting.size() < size && !course.isFinished()) {
      Taken<T> taken;
      try {
        taken = course.walker().take(budget);
      } catch (BackfillException e) {
        if (waiting.isEmpty()) {
          throw e;
        }
        // What is here goes first.
        course.walker().defer(e);
        return;
      }
      if (taken != null) {
        waiting.add(new Slot<>(taken, key(taken)));
      } else if (!waiting.isEmpty() || !course.advance()) {
        return;
      }
    }
  }

  private String key(Taken<T> taken) {
    RejectedItem rejected = taken.item().rejected();
    T value = taken.item().item();
    if (taken.key() != null) {
      return taken.key();
    }
    if (rejected != null) {
      return rejected.key();
    }
    return value == null ? "" : reader.key().apply(value);
  }

  private Chunk<T> deliver(Reading<T> now, List<Slot<T>> slots) {
    Outcomes<T> outcomes = Outcomes.of(slots);
    Slot<T> good = outcomes.lastGood();
    Position after = slots.isEmpty() ? null : slots.get(slots.size() - 1).after();
    if (good != null) {
      now.crew().remember(good.cameWhole() ? alone(now, good) : good.again());
    }
    delivered |= !slots.isEmpty();
    Course<T> course = now.course();
    slots.stream().flatMap(slot -> slot.read().stream()).forEach(course::delivered);
    slots.clear();
    Stage stage = after != null ? course.at(after) : course.here();
    return new Chunk<>(
        outcomes.items(),
        outcomes.rejected(),
        cursor(now, stage),
        waiting.isEmpty() && course.isFinished(),
        spent.sumThenReset(),
        course.phase(),
        outcomes.bytes());
  }

  private Crew.Probe alone(Reading<T> now, Slot<T> slot) {
    long number = Long.parseLong(slot.key());
    return budget ->
        reader.listing().completing().reread(number, now.repository(), Set.of()).complete(budget);
  }

  private Cursor cursor(Reading<T> now, Stage stage) {
    if (from != null && !delivered && stage.equals(from.stage())) {
      // Nothing has changed, not even the version of the text.
      return opened;
    }
    // All that a cursor has passed was read as it says, whatever this session would have left out.
    Set<String> extras = from != null && !delivered ? from.extras() : now.extras();
    return new CursorState(now.repository().id(), extras, stage).encode();
  }

  @Override
  public @Nullable Quota quota() {
    return reader.workplace().api().quota(route.resource());
  }

  @Override
  public Total total() {
    Reading<T> now = reading;
    return now == null ? Total.UNKNOWN : now.course().total();
  }

  @Override
  public String reading() {
    Reading<T> now = reading;
    return now == null ? "" : now.course().walker().reading();
  }

  @Override
  public void close() {
    closed = true;
    Reading<T> now = reading;
    if (now != null) {
      now.course().walker().close();
    }
    waiting.clear();
  }
}
