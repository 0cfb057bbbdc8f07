package dev.backfill.github.internal.session;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.CursorState;
import dev.backfill.github.internal.cursor.ListGap;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.enrich.EnrichedItems;
import dev.backfill.github.internal.enrich.ItemEnricher;
import dev.backfill.github.internal.enrich.PendingItem;
import dev.backfill.github.internal.enrich.Refused;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.repository.SharedResources;
import dev.backfill.github.internal.rest.KnownCaps;
import dev.backfill.github.internal.rest.ListCounter;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that reads one stream of one repository. It keeps fetched items until they are
 * delivered.
 */
public final class HistorySession<T> implements SourceSession<T> {

  private static final Logger LOG = LoggerFactory.getLogger(HistorySession.class);

  /**
   * Transient failures of queries switch a session to REST, and a page cap switches it back. If
   * that repeats, queries are of no use.
   */
  private static final int MAX_CAP_HITS = 3;

  /** The max number of items of other kinds in a row between two cursors. */
  private static final int MAX_SKIPPED = 1_000;

  private final StreamReader<T> reader;
  private volatile ReadStrategy<T> strategy;
  private final String target;
  private final Cursor opened;
  private final @Nullable CursorState from;

  private final List<PendingItem<T>> waiting = new ArrayList<>();
  private final LongAdder spent = new LongAdder();
  private volatile @Nullable Reading<T> reading;
  private volatile boolean switchedOff;
  private volatile @Nullable ListGap gap;
  private int capHits;
  private @Nullable ReadStage reached;
  private boolean delivered;
  private boolean closed;

  HistorySession(
      StreamReader<T> reader,
      ReadStrategy<T> strategy,
      String target,
      Cursor opened,
      @Nullable CursorState from) {
    this.reader = reader;
    this.strategy = strategy;
    this.target = target;
    this.opened = opened;
    this.from = from;
    this.gap = from == null ? null : from.gap();
    this.capHits = from == null ? 0 : from.capHits();
  }

  /** The state after the first request. */
  private record Reading<T>(
      OpenRepository repository,
      Set<String> extras,
      ReadPlan<T> plan,
      ItemEnricher<T> enricher,
      ReadStage begin) {}

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    if (size < 1 || reserve < 0) {
      throw new IllegalArgumentException(
          "size is " + size + " and reserve is " + reserve + "; the min is 1 and 0");
    }
    if (closed) {
      throw new IllegalStateException("this session is closed");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    RequestBudget budget = new RequestBudget(Reserve.of(reserve, quota()), spent);
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

  private Chunk<T> read(int size, RequestBudget budget) throws InterruptedException {
    fill(size, budget);
    Reading<T> now = begun(budget);
    List<PendingItem<T>> selected = waiting.subList(0, Math.min(size, waiting.size()));
    int ready = now.enricher().complete(selected, budget);
    Chunk<T> chunk = deliver(now, waiting.subList(0, ready));
    if (now.plan().reader().buffered() + waiting.size() <= size) {
      now.plan().reader().prefetch(budget.reserve());
    }
    return chunk;
  }

  /** Ends a session whose feature is disabled; rethrows any other refusal. */
  private void endWhereOff(Reading<T> now, PermanentFailureException refusal, RequestBudget budget)
      throws InterruptedException {
    if (!reader.endpoint().isOff(now.repository(), refusal, budget)) {
      throw refusal;
    }
    LOG.info("{}: {}", target, reader.endpoint().offNote());
    switchedOff = true;
    waiting.clear();
    now.plan().reader().close();
  }

  /**
   * Creates the last chunk of a session without a feature. The position stays, in case the feature
   * is enabled again.
   */
  private Chunk<T> nothing(Reading<T> now) {
    return new Chunk<>(
        List.of(),
        List.of(),
        cursor(now, reached == null ? now.begin() : reached),
        true,
        spent.sumThenReset(),
        now.plan().phase());
  }

  /** Fetches the first page, whose response contains the quota. */
  @Override
  public void prepare() throws InterruptedException {
    if (closed) {
      return;
    }
    RequestBudget budget = new RequestBudget(0, spent);
    Reading<T> now = begun(budget);
    if (quota() == null && !switchedOff) {
      try {
        now.plan().warmUp(budget);
      } catch (PermanentFailureException e) {
        endWhereOff(now, e, budget);
      }
    }
  }

  private Reading<T> begun(RequestBudget budget) throws InterruptedException {
    Reading<T> now = reading;
    if (now == null) {
      now = begin(budget);
      reading = now;
      lookAtFeature(now, budget);
    }
    return now;
  }

  /** Checks by REST if the feature is disabled, since queries do not return that. */
  private void lookAtFeature(Reading<T> now, RequestBudget budget) throws InterruptedException {
    OpenRepository repository = now.repository();
    Feature feature = reader.endpoint().feature();
    if (strategy.resource() == ApiResource.CORE || feature == null || !repository.isOff(feature)) {
      return;
    }
    try {
      new ListCounter(repository.api())
          .count(repository.pathByNumber(""), reader.endpoint(), budget);
    } catch (PermanentFailureException e) {
      endWhereOff(now, e, budget);
    }
  }

  private Reading<T> begin(RequestBudget budget) throws InterruptedException {
    SharedResources shared = reader.resources();
    Long knownId = from == null ? null : from.repositoryId();
    RepositoryResolver.Found found = shared.resolver().find(target, knownId, budget);
    OpenRepository repository = new OpenRepository(shared, found);
    Set<String> extras = new TreeSet<>(reader.extras());
    if (from != null) {
      extras.retainAll(from.extras());
    }
    ReadPlan<T> plan =
        from == null
            ? ReadPlan.fromStart(strategy, repository, reader.endpoint(), found.serverTime())
            : new ReadPlan<>(
                strategy, repository, reader.endpoint(), from.stage(), found.serverTime());
    ItemEnricher<T> enricher =
        new ItemEnricher<>(shared, repository, reader.endpoint().feature(), Refused.limited());
    ReadStage begin = from == null ? plan.here() : from.stage();
    return new Reading<>(repository, extras, plan, enricher, begin);
  }

  /** Reads items until there are enough, no more are available now, or another stage begins. */
  private void fill(int size, RequestBudget budget) throws InterruptedException {
    int skipped = 0;
    while (waiting.size() < size && !begun(budget).plan().isFinished()) {
      Reading<T> now = begun(budget);
      ReadPlan<T> plan = now.plan();
      ReadItem<T> read;
      try {
        read = plan.reader().next(budget);
      } catch (BackfillException e) {
        if (!waiting.isEmpty()) {
          // Items that have arrived are delivered first.
          plan.reader().defer(e);
          return;
        }
        if (!KnownCaps.isRefusedPage(e)) {
          throw e;
        }
        passCap(now, e);
        continue;
      }
      Instant cutAt = plan.reader().cutAt();
      if (cutAt != null) {
        gap = new ListGap(cutAt);
      }
      if (read != null && read.item().isSkipped()) {
        if (++skipped >= MAX_SKIPPED) {
          // The cursor moves on although there is nothing to deliver.
          return;
        }
        continue;
      }
      if (read != null && plan.deferToCatchUp(read)) {
        continue;
      }
      if (read != null) {
        waiting.add(new PendingItem<>(read, key(read)));
      } else if (!waiting.isEmpty() || !plan.advance()) {
        return;
      }
    }
  }

  /**
   * Continues after a page cap with another strategy if there is one. That reads everything as a
   * catch-up, which does not count stored items. Without one, the rest is missing. If not even the
   * first page arrives, it is not a page cap.
   */
  private void passCap(Reading<T> now, BackfillException refusal) {
    ReadStrategy<T> other = beyondCaps(now);
    if (other == null && from == null && !delivered) {
      throw refusal;
    }
    if (other == null) {
      gap = ListGap.OF_REST;
      now.plan().skipRest();
      return;
    }
    capHits++;
    now.plan().reader().close();
    strategy = other;
    ReadStage remaining = now.plan().elsewhere();
    ReadPlan<T> plan =
        new ReadPlan<>(other, now.repository(), reader.endpoint(), remaining, Instant.MIN);
    reading = new Reading<>(now.repository(), now.extras(), plan, now.enricher(), remaining);
  }

  /**
   * Returns queries, which have no page cap; null if REST has to read for them. What they could not
   * read a moment ago may arrive now.
   */
  private @Nullable ReadStrategy<T> beyondCaps(Reading<T> now) {
    if (capHits >= MAX_CAP_HITS || now.repository().queries().isOver()) {
      return null;
    }
    if (strategy.resource() == ApiResource.GRAPHQL) {
      return strategy;
    }
    ReadStrategy<T> other = reader.besides(strategy);
    return other != null && other.resource() == ApiResource.GRAPHQL ? other : null;
  }

  private String key(ReadItem<T> read) {
    RejectedItem rejected = read.item().rejected();
    T value = read.item().item();
    if (read.key() != null) {
      return read.key();
    }
    if (rejected != null) {
      return rejected.key();
    }
    return value == null ? "" : reader.key().apply(value);
  }

  private Chunk<T> deliver(Reading<T> now, List<PendingItem<T>> ready) {
    EnrichedItems<T> enriched = EnrichedItems.of(ready);
    PendingItem<T> good = enriched.lastGood();
    Position after = ready.isEmpty() ? null : ready.get(ready.size() - 1).after();
    if (good != null) {
      now.enricher().remember(good.cameWhole() ? alone(now, good) : good.again());
    }
    delivered |= !ready.isEmpty();
    ReadPlan<T> plan = now.plan();
    ready.stream().flatMap(pending -> pending.read().stream()).forEach(plan::delivered);
    ready.clear();
    ReadStage stage = after != null ? plan.at(after) : plan.here();
    reached = stage;
    return new Chunk<>(
        enriched.items(),
        enriched.rejected(),
        cursor(now, stage),
        waiting.isEmpty() && plan.isFinished(),
        spent.sumThenReset(),
        plan.phase(),
        enriched.bytes());
  }

  private ItemEnricher.Probe alone(Reading<T> now, PendingItem<T> pending) {
    return budget ->
        reader
            .endpoint()
            .enrichments()
            .ofKey(pending.key(), now.repository(), Set.of())
            .complete(budget);
  }

  private Cursor cursor(Reading<T> now, ReadStage stage) {
    if (from != null && !delivered && stage.equals(from.stage())) {
      // Nothing has changed, not even the version of the text.
      return opened;
    }
    // Items before the cursor were read with its extras, even if this session has fewer.
    Set<String> extras = from != null && !delivered ? from.extras() : now.extras();
    int caps = stage instanceof ReadStage.CaughtUp ? 0 : capHits;
    return new CursorState(now.repository().id(), extras, stage, gap, caps).encode();
  }

  @Override
  public @Nullable Quota quota() {
    Reading<T> now = reading;
    boolean restOnly = now != null && now.repository().queries().isOver();
    return reader.resources().api().quota(restOnly ? ApiResource.CORE : strategy.resource());
  }

  @Override
  public Total total() {
    if (switchedOff) {
      return Total.exact(0);
    }
    Reading<T> now = reading;
    return now == null ? Total.UNKNOWN : now.plan().total();
  }

  @Override
  public Completeness completeness() {
    ListGap known = gap;
    Completeness gaps =
        known == null ? Completeness.WHOLE : known.completeness(reader.endpoint().path());
    return switchedOff ? Completeness.unavailable(reader.endpoint().offNote()).and(gaps) : gaps;
  }

  @Override
  public String readMode() {
    Reading<T> now = reading;
    return now == null ? "" : now.plan().reader().readMode();
  }

  @Override
  public void close() {
    closed = true;
    Reading<T> now = reading;
    if (now != null) {
      now.plan().reader().close();
    }
    waiting.clear();
  }
}
