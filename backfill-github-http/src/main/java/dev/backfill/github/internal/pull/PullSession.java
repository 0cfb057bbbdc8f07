package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.Reserve;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one stream of one repository. What it has fetched it keeps until it is delivered. */
public final class PullSession<T> implements Pull<T> {

  private static final Logger LOG = LoggerFactory.getLogger(PullSession.class);

  private final StreamReader<T> reader;
  private volatile Route<T> route;
  private final String target;
  private final Cursor opened;
  private final @Nullable CursorState from;

  private final List<Slot<T>> waiting = new ArrayList<>();
  private final LongAdder spent = new LongAdder();
  private volatile @Nullable Reading<T> reading;
  private volatile boolean switchedOff;
  private volatile @Nullable ListGap gap;
  private @Nullable Stage reached;
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
    this.gap = from == null ? null : from.gap();
  }

  /** What is known after the first request. */
  private record Reading<T>(
      OpenRepository repository, Set<String> extras, Course<T> course, Crew<T> crew, Stage begin) {}

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
    Budget budget = new Budget(Reserve.of(reserve, quota()), spent);
    begun(budget);
    if (!switchedOff) {
      try {
        return read(size, budget);
      } catch (PermanentFailureException e) {
        endWhereOff(begun(budget), e, budget);
      }
    }
    return nothing(begun(budget));
  }

  private Chunk<T> read(int size, Budget budget) throws InterruptedException {
    fill(size, budget);
    Reading<T> now = begun(budget);
    List<Slot<T>> wanted = waiting.subList(0, Math.min(size, waiting.size()));
    int ready = now.crew().complete(wanted, budget);
    Chunk<T> chunk = deliver(now, waiting.subList(0, ready));
    if (now.course().walker().left() + waiting.size() <= size) {
      now.course().walker().lookAhead(budget.reserve());
    }
    return chunk;
  }

  /** Ends the reading of a feature that is switched off; any other refusal goes on. */
  private void endWhereOff(Reading<T> now, PermanentFailureException refusal, Budget budget)
      throws InterruptedException {
    Feature feature = reader.listing().feature();
    if (!now.repository().isOff(feature, refusal, budget)) {
      throw refusal;
    }
    LOG.info("{}: {}", target, feature.note());
    switchedOff = true;
    waiting.clear();
    now.course().walker().close();
  }

  /** The end of a reading that finds nothing; the place stays, for when it is switched on again. */
  private Chunk<T> nothing(Reading<T> now) {
    return new Chunk<>(
        List.of(),
        List.of(),
        cursor(now, reached == null ? now.begin() : reached),
        true,
        spent.sumThenReset(),
        now.course().phase());
  }

  /** The first page tells the quota. */
  @Override
  public void prepare() throws InterruptedException {
    if (closed) {
      return;
    }
    Budget budget = new Budget(0, spent);
    Reading<T> now = begun(budget);
    if (quota() == null && !switchedOff) {
      try {
        now.course().warmUp(budget);
      } catch (PermanentFailureException e) {
        endWhereOff(now, e, budget);
      }
    }
  }

  private Reading<T> begun(Budget budget) throws InterruptedException {
    Reading<T> now = reading;
    if (now == null) {
      now = begin(budget);
      reading = now;
      lookAtFeature(now, budget);
    }
    return now;
  }

  /** Queries do not say that a feature is off: the list of the REST API does. */
  private void lookAtFeature(Reading<T> now, Budget budget) throws InterruptedException {
    OpenRepository repository = now.repository();
    if (route.resource() == ApiResource.CORE || !repository.isOff(reader.listing().feature())) {
      return;
    }
    try {
      new ListCounter(repository.api())
          .count(repository.pathByNumber(""), reader.listing(), budget);
    } catch (PermanentFailureException e) {
      endWhereOff(now, e, budget);
    }
  }

  private Reading<T> begin(Budget budget) throws InterruptedException {
    Workplace workplace = reader.workplace();
    Long knownId = from == null ? null : from.repositoryId();
    RepositoryDirectory.Found found = workplace.directory().find(target, knownId, budget);
    OpenRepository repository = new OpenRepository(workplace, found);
    Set<String> extras = new TreeSet<>(reader.extras());
    if (from != null) {
      extras.retainAll(from.extras());
    }
    Course<T> course =
        from == null
            ? Course.fromStart(route, repository, reader.listing().times(), found.serverTime())
            : new Course<>(
                route, repository, reader.listing().times(), from.stage(), found.serverTime());
    Crew<T> crew = new Crew<>(workplace, repository, reader.listing().feature(), Refused.limited());
    Stage begin = from == null ? course.here() : from.stage();
    return new Reading<>(repository, extras, course, crew, begin);
  }

  /** Takes items until there are enough, or no more can be had now, or another stage begins. */
  private void fill(int size, Budget budget) throws InterruptedException {
    while (waiting.size() < size && !begun(budget).course().isFinished()) {
      Reading<T> now = begun(budget);
      Course<T> course = now.course();
      Taken<T> taken;
      try {
        taken = course.walker().take(budget);
      } catch (BackfillException e) {
        if (!waiting.isEmpty()) {
          // What is here goes first.
          course.walker().defer(e);
          return;
        }
        if (!ListGap.isRefusedPage(e)) {
          throw e;
        }
        passCap(now, e);
        continue;
      }
      Instant cutAt = course.walker().cutAt();
      if (cutAt != null) {
        gap = new ListGap(cutAt);
      }
      if (taken != null) {
        waiting.add(new Slot<>(taken, key(taken)));
      } else if (!waiting.isEmpty() || !course.advance()) {
        return;
      }
    }
  }

  /**
   * Continues where GitHub does not hand out a list any further: in another way if there is one.
   * That reads everything as a catch-up, which counts nothing that is stored. Else the rest is
   * missing. A list of which not even the first page comes is no list that GitHub cuts.
   */
  private void passCap(Reading<T> now, BackfillException refusal) {
    Route<T> other = beyondCaps(now);
    if (other == null && from == null && !delivered) {
      throw refusal;
    }
    if (other == null) {
      gap = ListGap.OF_REST;
      now.course().skipRest();
      return;
    }
    now.course().walker().close();
    route = other;
    Stage left = now.course().elsewhere();
    Course<T> course =
        new Course<>(other, now.repository(), reader.listing().times(), left, Instant.MIN);
    reading = new Reading<>(now.repository(), now.extras(), course, now.crew(), left);
  }

  /** Queries know no page cap, as long as they are answered: else REST reads for them. */
  private @Nullable Route<T> beyondCaps(Reading<T> now) {
    Route<T> other = reader.besides(route);
    boolean answered = !now.repository().queries().isOver();
    return other != null && other.resource() == ApiResource.GRAPHQL && answered ? other : null;
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
    reached = stage;
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
    return new CursorState(now.repository().id(), extras, stage, gap).encode();
  }

  @Override
  public @Nullable Quota quota() {
    Reading<T> now = reading;
    boolean restOnly = now != null && now.repository().queries().isOver();
    return reader.workplace().api().quota(restOnly ? ApiResource.CORE : route.resource());
  }

  @Override
  public Total total() {
    if (switchedOff) {
      return Total.exact(0);
    }
    Reading<T> now = reading;
    return now == null ? Total.UNKNOWN : now.course().total();
  }

  @Override
  public Completeness completeness() {
    ListGap known = gap;
    Completeness gaps =
        known == null ? Completeness.WHOLE : known.completeness(reader.listing().path());
    return switchedOff ? Completeness.whole(reader.listing().feature().note()).and(gaps) : gaps;
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
