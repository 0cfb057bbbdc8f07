package dev.backfill.github.internal.pull;

import dev.backfill.api.history.Timestamps;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The way from the first item to where nothing is left: the history, then what changed meanwhile,
 * until nothing is new. Belongs to one session.
 */
final class Course<T> {

  /** In a repository that changes all the time, the rest is left to the next run. */
  static final int MAX_PASSES = 5;

  private final Route<T> route;
  private final OpenRepository repository;
  private final Function<T, Timestamps> times;
  private Stage stage;
  private Walker<T> walker;
  private @Nullable Baseline baseline;
  private @Nullable Instant reached;
  private boolean finished;

  /** A pass that an earlier session began long ago says nothing of what has changed since. */
  private boolean outdated;

  /**
   * Goes on.
   *
   * @param left what is left to read
   * @param now GitHub's time when the session begins
   */
  Course(
      Route<T> route,
      OpenRepository repository,
      Function<T, Timestamps> times,
      Stage left,
      Instant now) {
    Stage from = route.adopt(left);
    this.route = route;
    this.repository = repository;
    this.times = times;
    if (from instanceof Stage.History history) {
      Position position = readable(history.position());
      this.stage = history;
      this.walker = route.history(repository, position, history.mark());
      // Begun anew, it is counted anew.
      this.baseline = position == null ? null : history.baseline();
    } else {
      this.baseline = from.baseline();
      Stage.CatchUp catchUp =
          from instanceof Stage.CatchUp under
              ? under
              : new Stage.CatchUp(
                  ((Stage.CaughtUp) from).since(), 1, ((Stage.CaughtUp) from).seen(), null);
      this.stage = catchUp;
      this.walker = recentWalker(catchUp, catchUp.run());
      this.outdated = isOutdated(catchUp.run(), now);
      if (catchUp.run() != null && catchUp.run().position() instanceof PagePosition place) {
        this.reached = place.changedAt();
      }
    }
  }

  /** Begins the history. */
  static <T> Course<T> fromStart(
      Route<T> route, OpenRepository repository, Function<T, Timestamps> times, Instant mark) {
    Walker<T> walker = route.history(repository, null, mark);
    return new Course<>(route, repository, times, new Stage.History(mark, walker.position()), mark);
  }

  private static boolean isOutdated(Stage.@Nullable Run run, Instant now) {
    return run != null && run.begunAt().plus(RecentWalker.OVERLAP).isBefore(now);
  }

  private @Nullable Position readable(Position position) {
    return route.reads(position) ? position : null;
  }

  private RecentWalker<T> recentWalker(Stage.CatchUp catchUp, Stage.@Nullable Run run) {
    return route.recent(repository, new Route.Since(catchUp.since(), catchUp.seen(), run));
  }

  Walker<T> walker() {
    return walker;
  }

  Phase phase() {
    return stage instanceof Stage.History ? Phase.HISTORY : Phase.CATCH_UP;
  }

  Total total() {
    Baseline known = baseline;
    if (!(stage instanceof Stage.History)) {
      return known == null ? Total.UNKNOWN : Total.exact(known.total());
    }
    Total listed = walker.total();
    return known != null && walker.isAtEnd()
        ? Total.exact(Math.max(listed.isKnown() ? listed.count() : 0, known.total()))
        : listed;
  }

  /** Takes note of an item that is delivered, or rejected. */
  void delivered(T item) {
    if (baseline == null && walker instanceof HistoryWalker<T> whole) {
      baseline = whole.baseline();
    }
    if (walker instanceof RecentWalker<T> recent && !recent.isNewestFirst() && recent.hasNews()) {
      // Nobody counts what is new: an item that is edited meanwhile arrives more than once.
      baseline = null;
    }
    if (baseline == null) {
      return;
    }
    Timestamps of = times.apply(item);
    if (!isCountedElsewhere(of)) {
      baseline = baseline.delivered(of.createdAt());
    }
  }

  /**
   * A pass goes from the newest change to older ones: what is newer than the item before it was
   * delivered already, or comes in the next pass, as does what is created after this one has begun.
   */
  private boolean isCountedElsewhere(Timestamps of) {
    Instant begunAt =
        walker instanceof RecentWalker<T> recent && recent.isNewestFirst()
            ? recent.begunAt()
            : null;
    if (begunAt == null) {
      return false;
    }
    if (reached != null && of.updatedAt().isAfter(reached)) {
      return true;
    }
    reached = of.updatedAt();
    return of.createdAt().isAfter(begunAt);
  }

  /** Whether nothing is left, now. */
  boolean isFinished() {
    return finished;
  }

  /**
   * Goes on when everything of this stage has been taken.
   *
   * @return false when there is nothing to go on with
   */
  boolean advance() {
    if (stage instanceof Stage.History history) {
      Instant asOf = walker instanceof HistoryWalker<T> whole ? whole.asOf() : null;
      Total total = total();
      baseline =
          total.kind() == Total.Kind.EXACT && asOf != null
              ? new Baseline(total.count(), asOf)
              : null;
      catchUp(new Stage.CatchUp(history.mark(), 1, null, null));
      return true;
    }
    if (!(stage instanceof Stage.CatchUp pass && walker instanceof RecentWalker<T> done)) {
      return false;
    }
    Instant begunAt = done.begunAt();
    if (baseline != null && begunAt != null && done.hasNews()) {
      baseline = new Baseline(baseline.total(), begunAt);
    }
    Instant since = done.hasNews() && begunAt != null ? begunAt : pass.since();
    if ((outdated || !since.equals(pass.since())) && pass.pass() < MAX_PASSES) {
      catchUp(new Stage.CatchUp(since, pass.pass() + 1, done.seen(), null));
      return true;
    }
    stage = new Stage.CaughtUp(since, done.seen(), baseline);
    finished = true;
    return false;
  }

  /** Gives up the rest of this stage, which cannot be read. */
  void skipRest() {
    if (stage instanceof Stage.History) {
      advance();
    } else if (stage instanceof Stage.CatchUp pass) {
      stage = new Stage.CaughtUp(pass.since(), null, baseline);
      finished = true;
    }
  }

  /** What is left to read, for another way that cannot continue at this place. */
  Stage elsewhere() {
    return stage instanceof Stage.CatchUp pass
        ? new Stage.CatchUp(pass.since(), pass.pass(), null, null)
        : new Stage.CatchUp(Instant.EPOCH, 1, null, null);
  }

  private void catchUp(Stage.CatchUp next) {
    walker.close();
    stage = next;
    outdated = false;
    reached = null;
    walker = recentWalker(next, null);
  }

  /** Where to go on behind a place of this stage. */
  Stage at(Position position) {
    if (stage instanceof Stage.History history) {
      return new Stage.History(history.mark(), position, baseline);
    }
    if (stage instanceof Stage.CatchUp pass && walker instanceof RecentWalker<T> recent) {
      Instant begunAt = recent.begunAt();
      return begunAt == null
          ? new Stage.CatchUp(pass.since(), pass.pass(), pass.seen(), pass.run(), baseline)
          : new Stage.CatchUp(
              pass.since(),
              pass.pass(),
              recent.seen(),
              new Stage.Run(begunAt, recent.hasNews(), position),
              baseline);
    }
    return stage;
  }

  /** Where to go on when nothing was taken. */
  Stage here() {
    return at(walker.position());
  }

  void warmUp(Budget budget) throws InterruptedException {
    walker.warmUp(budget);
  }
}
