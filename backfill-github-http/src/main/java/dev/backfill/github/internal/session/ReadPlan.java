package dev.backfill.github.internal.session;

import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.NewestItem;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ItemReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The stages from the first item until nothing is left: the history, then changes made meanwhile,
 * until nothing is new. Used by one session.
 */
final class ReadPlan<T> {

  /** In a repository that changes all the time, the rest is left to the next run. */
  static final int MAX_PASSES = 5;

  private final ReadStrategy<T> strategy;
  private final OpenRepository repository;
  private final ListEndpoint<T> endpoint;
  private ReadStage stage;
  private ItemReader<T> reader;
  private @Nullable ItemCountBaseline baseline;
  private @Nullable NewestItem newest;
  private @Nullable Instant reached;
  private boolean finished;
  private long deferredToCatchUp;

  /** True for a pass that an earlier session began: it does not show what has changed since. */
  private boolean outdated;

  /**
   * Continues from a stage.
   *
   * @param remaining the stage to continue from
   * @param now GitHub's time when the session begins
   */
  ReadPlan(
      ReadStrategy<T> strategy,
      OpenRepository repository,
      ListEndpoint<T> endpoint,
      ReadStage remaining,
      Instant now) {
    ReadStage from = strategy.adopt(remaining);
    this.strategy = strategy;
    this.repository = repository;
    this.endpoint = endpoint;
    if (from instanceof ReadStage.History history) {
      Position position = readable(history.position());
      this.stage = history;
      this.reader = strategy.history(repository, position, history.mark());
      // A history that starts again is counted again.
      this.baseline = position == null ? null : history.baseline();
    } else {
      this.baseline = from.baseline();
      ReadStage.CatchUp catchUp =
          from instanceof ReadStage.CatchUp under
              ? under
              : new ReadStage.CatchUp(
                  ((ReadStage.CaughtUp) from).since(),
                  1,
                  ((ReadStage.CaughtUp) from).listVersion(),
                  null);
      this.stage = catchUp;
      this.reader = recentReader(catchUp, catchUp.run());
      this.outdated = isOutdated(catchUp.run(), now);
      if (catchUp.run() != null && catchUp.run().position() instanceof PagePosition place) {
        this.reached = place.changedAt();
      }
    }
  }

  /** Begins the history. */
  static <T> ReadPlan<T> fromStart(
      ReadStrategy<T> strategy, OpenRepository repository, ListEndpoint<T> endpoint, Instant mark) {
    ItemReader<T> reader = strategy.history(repository, null, mark);
    return new ReadPlan<>(
        strategy, repository, endpoint, new ReadStage.History(mark, reader.position()), mark);
  }

  private static boolean isOutdated(ReadStage.@Nullable Run run, Instant now) {
    return run != null && run.begunAt().plus(RecentReader.OVERLAP).isBefore(now);
  }

  private @Nullable Position readable(Position position) {
    return strategy.reads(position) ? position : null;
  }

  private RecentReader<T> recentReader(ReadStage.CatchUp catchUp, ReadStage.@Nullable Run run) {
    return strategy.recent(
        repository, new ReadStrategy.Since(catchUp.since(), catchUp.listVersion(), run));
  }

  ItemReader<T> reader() {
    return reader;
  }

  Phase phase() {
    return stage instanceof ReadStage.History ? Phase.HISTORY : Phase.CATCH_UP;
  }

  Total total() {
    Total total = totalOfStage();
    // Items of other kinds count nowhere, and GitHub's numbers contain them.
    return endpoint.mapper().mayBeOfOtherKind() && total.isKnown()
        ? Total.estimate(total.count())
        : total;
  }

  private Total totalOfStage() {
    ItemCountBaseline known = baseline;
    if (!(stage instanceof ReadStage.History)) {
      return known == null ? Total.UNKNOWN : Total.exact(known.total());
    }
    Total listed = reader.total();
    return known != null && reader.isAtEnd()
        ? Total.exact(
            Math.max(listed.isKnown() ? listed.count() - deferredToCatchUp : 0, known.total()))
        : listed;
  }

  /**
   * Returns true for an item of the history that was created after the count: it is left to the
   * catch-up. If both delivered it, it would have to be counted exactly once. Counted twice, it
   * causes a needless listing of all keys; not counted, it hides another item. The catch-up alone
   * delivers those that a deletion hides from the history.
   */
  boolean deferToCatchUp(ReadItem<T> read) {
    if (!(stage instanceof ReadStage.History)) {
      return false;
    }
    updateBaseline();
    T item = read.item().item();
    boolean newer =
        baseline != null
            && item != null
            && endpoint.times() != null
            && baseline.isNewer(endpoint.timesOf(item).creation());
    deferredToCatchUp += newer ? 1 : 0;
    return newer;
  }

  private void updateBaseline() {
    if (baseline == null && reader instanceof HistoryReader<T> whole) {
      baseline = whole.baseline();
    }
  }

  /** Counts an item that is delivered or rejected. */
  void delivered(T item) {
    updateBaseline();
    if (endpoint.times() == null) {
      // A list without an order counts its items itself, in each pass.
      return;
    }
    Timestamps of = endpoint.timesOf(item);
    if (newest == null || of.creation().compareTo(newest) > 0) {
      newest = of.creation();
    }
    if (reader instanceof RecentReader<T> recent
        && !recent.isNewestFirst()
        && recent.hasChanges()) {
      // New items cannot be counted here: an item that is edited meanwhile arrives more than once.
      baseline = null;
    }
    if (baseline == null) {
      return;
    }
    if (!isCountedElsewhere(of)) {
      baseline = baseline.delivered(of.creation());
    }
  }

  /**
   * Returns true if another pass counts an item.
   *
   * <ul>
   *   <li>A pass reads from the newest change to older ones. An item newer than the one before it
   *       was delivered already or comes in the next pass; so does an item created after this pass
   *       began.
   *   <li>The pass before delivered what has not changed since its beginning. The first pass has
   *       none before it: the history leaves each newer item to it, also one that is older than the
   *       history and that a lagging replica did not count.
   *   <li>What changed since then may have moved to the front before that pass reached it: it
   *       counts, if need be twice.
   *   <li>Everything in the last pass counts.
   * </ul>
   */
  private boolean isCountedElsewhere(Timestamps of) {
    if (stage instanceof ReadStage.CatchUp pass) {
      if (pass.pass() > 1 && of.updatedAt().isBefore(pass.since())) {
        return true;
      }
      if (pass.pass() >= MAX_PASSES) {
        return false;
      }
    }
    Instant begunAt =
        reader instanceof RecentReader<T> recent && recent.isNewestFirst()
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

  /** Returns true if nothing is left now. */
  boolean isFinished() {
    return finished;
  }

  /**
   * Continues with the next stage after all of this one was read.
   *
   * @return false if there is none
   */
  boolean advance() {
    if (stage instanceof ReadStage.History history) {
      updateBaseline();
      Total total = total();
      NewestItem counted = baseline == null ? lastOfHistory() : baseline.counted();
      baseline =
          total.isExact() && counted != null ? new ItemCountBaseline(total.count(), counted) : null;
      ListVersion read = reader instanceof HistoryReader<T> whole ? whole.listVersion() : null;
      catchUp(new ReadStage.CatchUp(history.mark(), 1, read, null));
      return true;
    }
    if (!(stage instanceof ReadStage.CatchUp pass && reader instanceof RecentReader<T> done)) {
      return false;
    }
    Instant begunAt = done.begunAt();
    Instant since = done.hasChanges() && begunAt != null ? begunAt : pass.since();
    if (done.isWhole() && done.total().isExact() && begunAt != null) {
      long listed = done.total().count();
      // The same number is kept with its time, so that an unchanged list leaves the cursor alone.
      baseline =
          baseline != null && baseline.total() == listed
              ? baseline
              : new ItemCountBaseline(listed, NewestItem.unknown(begunAt));
    }
    boolean again = outdated || done.isUnconfirmed() || !since.equals(pass.since());
    if (again && pass.pass() < MAX_PASSES) {
      catchUp(new ReadStage.CatchUp(since, pass.pass() + 1, done.listVersion(), null));
      return true;
    }
    if (baseline != null && !done.hasChanges()) {
      // Everything up to the newest item was delivered and counted.
      baseline = baseline.settled(since);
    }
    stage = new ReadStage.CaughtUp(since, done.listVersion(), baseline);
    finished = true;
    return false;
  }

  /** Returns the last item of a history whose last response contains the total; null if unread. */
  private @Nullable NewestItem lastOfHistory() {
    Instant asOf = reader instanceof HistoryReader<T> whole ? whole.asOf() : null;
    return newest != null || asOf == null ? newest : NewestItem.unknown(asOf);
  }

  /** Skips the rest of this stage, which cannot be read. */
  void skipRest() {
    if (stage instanceof ReadStage.History) {
      advance();
    } else if (stage instanceof ReadStage.CatchUp pass) {
      stage = new ReadStage.CaughtUp(pass.since(), null, baseline);
      finished = true;
    }
  }

  /**
   * Returns the stage for another strategy, which cannot continue at this position. It reads again
   * what this one has delivered of the pass, so that new items may count twice.
   */
  ReadStage elsewhere() {
    return stage instanceof ReadStage.CatchUp pass
        ? new ReadStage.CatchUp(pass.since(), pass.pass(), null, null, baseline)
        : new ReadStage.CatchUp(Instant.EPOCH, 1, null, null, baseline);
  }

  private void catchUp(ReadStage.CatchUp next) {
    reader.close();
    stage = next;
    outdated = false;
    reached = null;
    reader = recentReader(next, null);
  }

  /** Returns the stage to continue from behind a position of this stage. */
  ReadStage at(Position position) {
    if (stage instanceof ReadStage.History history) {
      return new ReadStage.History(history.mark(), position, baseline);
    }
    if (stage instanceof ReadStage.CatchUp pass && reader instanceof RecentReader<T> recent) {
      Instant begunAt = recent.begunAt();
      return begunAt == null
          ? new ReadStage.CatchUp(
              pass.since(), pass.pass(), pass.listVersion(), pass.run(), baseline)
          : new ReadStage.CatchUp(
              pass.since(),
              pass.pass(),
              // A pass over the whole list is compared with the one before it.
              recent.isWhole() ? pass.listVersion() : recent.listVersion(),
              new ReadStage.Run(begunAt, recent.hasChanges(), position),
              baseline);
    }
    return stage;
  }

  /** Returns the stage to continue from if nothing was read. */
  ReadStage here() {
    return at(reader.position());
  }

  void warmUp(RequestBudget budget) throws InterruptedException {
    reader.warmUp(budget);
  }
}
