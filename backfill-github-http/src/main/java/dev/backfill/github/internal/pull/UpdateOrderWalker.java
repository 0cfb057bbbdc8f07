package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.json.ParsedItem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list in the order of update, by time: each request asks for the first page since the last
 * moment that was read. So no page number grows towards GitHub's page cap, and no deletion moves an
 * item to a page that was read before. An item that is edited meanwhile moves behind everything and
 * arrives again. Belongs to one session.
 */
abstract class UpdateOrderWalker<T> implements Walker<T> {

  /** A failure may be chance; one that repeats may be the size of the page. */
  private static final int FAILURES_OF_LARGE_PAGES = 2;

  private final Listing<T> listing;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final Lookahead<Page<T>> lookahead;
  private final GitHubApi api;
  private final AdaptivePageSize sizes;
  private final @Nullable Instant start;
  private final @Nullable Instant end;

  private TimePosition position;
  private @Nullable Instant next;
  private @Nullable TimeWindow<T> window;
  private List<TimeWindow.Timed<T>> items = List.of();
  private int index;
  private int failures;
  private boolean entered;
  private boolean exhausted;
  private @Nullable Instant asOf;
  private @Nullable Instant cut;
  private volatile Total total = Total.UNKNOWN;
  private volatile String reading = "";
  private @Nullable BackfillException deferred;

  /**
   * Creates a reader.
   *
   * @param start the time to read from, or null to read everything
   * @param end the last moment to read, or null for no end
   * @param from the place to continue behind
   */
  UpdateOrderWalker(
      Listing<T> listing,
      OpenRepository repository,
      @Nullable Instant start,
      @Nullable Instant end,
      TimePosition from) {
    this.listing = listing;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, listing.mapper());
    this.lookahead = repository.lookahead(Page::bytes);
    this.api = repository.api();
    this.sizes = new AdaptivePageSize(from.pageSize(), from.patience());
    this.start = start;
    this.end = end;
    this.position = from;
    this.next = resumed(from);
    describe();
  }

  private @Nullable Instant resumed(TimePosition from) {
    Instant at = from.at();
    if (at == null) {
      return start;
    }
    return from.id() == TimePosition.WHOLE_MOMENT
        ? at.plus(TimeWindow.TICK)
        : at.minus(TimeWindow.TICK);
  }

  @Override
  public @Nullable Taken<T> take(Budget budget) throws InterruptedException {
    while (index >= items.size()) {
      if (exhausted) {
        return null;
      }
      fill(budget);
    }
    if (entered) {
      entered = false;
      lookAhead(budget.reserve());
    }
    TimeWindow.Timed<T> timed = items.get(index++);
    position =
        new TimePosition(
            timed.at(), timed.id(), position.done() + 1, sizes.size(), sizes.patience());
    if (index == items.size() && timed.at().equals(cut)) {
      position =
          new TimePosition(
              timed.at(),
              TimePosition.WHOLE_MOMENT,
              position.done(),
              sizes.size(),
              sizes.patience());
    }
    ParsedItem<T> item = timed.item();
    passed(timed.at());
    return new Taken<>(
        item, position, timed.bytes(), () -> listing.completing().begin(item, repository));
  }

  /** Takes note of an item that is taken. */
  void passed(Instant updatedAt) {
    // Only those who look for news do.
  }

  /** Takes note of a page, before its items are taken. */
  void arrived(Page<T> page, boolean nearEnd) {
    // Only those who come back later do.
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
    if (asOf == null && !exhausted) {
      fill(budget);
    }
  }

  /** Fetches the next items; with smaller pages if GitHub fails on large ones. */
  private void fill(Budget budget) throws InterruptedException {
    BackfillException kept = deferred;
    if (kept != null) {
      deferred = null;
      throw kept;
    }
    while (true) {
      TimeWindow<T> current = window;
      if (current == null) {
        current = new TimeWindow<>(listing, path(next), sizes.size(), next, position, end);
        window = current;
      }
      try {
        while (!current.isComplete()) {
          step(current, budget);
        }
        enter(current);
        return;
      } catch (TransientFailureException e) {
        boolean large = current.isAtFirstPage() && GitHubApi.isOverload(e);
        failures++;
        if (!large && failures < FAILURES_OF_LARGE_PAGES) {
          throw e;
        }
        window = null;
        failures = 0;
        if (!sizes.failed()) {
          throw e;
        }
        describe();
      }
    }
  }

  private void step(TimeWindow<T> current, Budget budget) throws InterruptedException {
    if (current.isAtFirstPage()) {
      Page<T> first = first(current.nextPage(), budget);
      if (first == null) {
        exhausted = true;
        current.unchanged();
        return;
      }
      current.add(first);
    } else {
      current.addFurther(fetcher, budget);
    }
    failures = 0;
    sizes.succeeded();
    describe();
  }

  /**
   * Fetches the first page of a window.
   *
   * @return the page, or null if nothing has changed since it was read before
   */
  @Nullable Page<T> first(String path, Budget budget) throws InterruptedException {
    return ahead(path, budget);
  }

  private Page<T> ahead(String path, Budget budget) throws InterruptedException {
    try {
      Page<T> ahead = lookahead.take(path, budget);
      if (ahead != null) {
        return ahead;
      }
    } catch (RateLimitedException e) {
      // The gate says below whether that still holds.
    }
    return fetcher.fetch(path, budget);
  }

  Listing<T> listing() {
    return listing;
  }

  PageFetcher<T> fetcher() {
    return fetcher;
  }

  private void enter(TimeWindow<T> done) {
    window = null;
    Page<T> page = done.lastPage();
    if (page == null) {
      items = List.of();
      index = 0;
      return;
    }
    TimeWindow.Batch<T> batch = done.batch();
    items = batch.items();
    index = 0;
    entered = true;
    asOf = page.asOf();
    lookahead.learn(page);
    if (batch.cutAt() != null) {
      cut = batch.cutAt();
    }
    arrived(page, batch.isNearEnd());
    total = batch.total(position.done());
    exhausted = batch.isLast();
    next = batch.next();
  }

  private String path(@Nullable Instant since) {
    boolean everything = since == null || !since.isAfter(Instant.EPOCH);
    String list =
        listing.oldestUpdateFirst(
            everything ? null : since.truncatedTo(ChronoUnit.SECONDS), sizes.size());
    // Only what comes first may go by a name: that may be another repository's later.
    return everything && position.at() == null
        ? repository.path(list)
        : repository.pathByNumber(list);
  }

  @Override
  public void lookAhead(long reserve) {
    Instant since = next;
    if (exhausted || since == null || asOf == null || deferred != null || window != null) {
      return;
    }
    if (api.isOpen(ApiResource.CORE, reserve)) {
      String path = path(since);
      lookahead.begin(0, path, budget -> fetcher.fetch(path, budget), reserve);
    }
  }

  private void describe() {
    int size = sizes.size();
    reading =
        size == AdaptivePageSize.LARGEST
            ? ""
            : "pages of " + size + " items, since GitHub failed on larger ones";
  }

  /** The moment that holds more items than GitHub lists, or null if there is none. */
  @Override
  public @Nullable Instant cutAt() {
    return cut;
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public boolean isAtEnd() {
    return exhausted && index >= items.size();
  }

  @Override
  public int left() {
    return items.size() - index;
  }

  @Override
  public Total total() {
    return total;
  }

  @Override
  public String reading() {
    return reading;
  }

  /** GitHub's time when the latest page was so; null before the first one. */
  public @Nullable Instant asOf() {
    return asOf;
  }

  @Override
  public void defer(BackfillException failure) {
    // What is limited now may not be limited then: the gate knows.
    deferred = failure instanceof RateLimitedException ? null : failure;
  }

  @Override
  public void close() {
    lookahead.cancel();
  }
}
