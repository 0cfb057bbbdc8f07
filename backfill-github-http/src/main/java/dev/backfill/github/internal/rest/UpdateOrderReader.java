package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.TimePosition;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.PagePrefetcher;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list in the order of update, by time: each request fetches the first page since the last
 * moment that was read. So no page number grows towards GitHub's page cap, and no deletion moves an
 * item to an earlier page. An item that is edited meanwhile moves to the end and arrives again.
 * Used by one session.
 */
final class UpdateOrderReader<T> {

  /** A single failure may be chance; a repeated one may be caused by the size of the page. */
  private static final int FAILURES_OF_LARGE_PAGES = 2;

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final PagePrefetcher<Page<T>> prefetcher;
  private final GitHubApi api;
  private final AdaptivePageSize sizes;
  private final @Nullable Instant start;
  private final @Nullable Instant end;
  private @Nullable FirstPage<T> opening;

  private TimePosition position;
  private @Nullable Instant next;
  private @Nullable TimeWindow<T> window;
  private List<TimeWindow.Timed<T>> items = List.of();
  private int index;
  private int failures;
  private long bytesPerItem;
  private long expected;
  private boolean entered;
  private boolean exhausted;
  private @Nullable Instant asOf;
  private @Nullable Instant settledAt;
  private boolean isSettled;
  private @Nullable Instant cut;
  private volatile Total total = Total.UNKNOWN;
  private volatile String reading = "";
  private @Nullable BackfillException deferred;

  /** Fetches the very first page. */
  @FunctionalInterface
  interface FirstPage<T> {

    /** Returns the page, or null if nothing has changed since it was read before. */
    @Nullable Page<T> fetch(String path, RequestBudget budget) throws InterruptedException;
  }

  /**
   * The part of a list to read.
   *
   * @param start the time to read from, or null to read everything
   * @param end the last moment to read, or null for no end
   */
  record Range(@Nullable Instant start, @Nullable Instant end) {}

  /**
   * Creates a reader.
   *
   * @param from the position to continue behind
   * @param settledAt GitHub's time up to which an earlier session knows the list, or null
   * @param opening fetches the first page, or null to fetch it as any other
   */
  UpdateOrderReader(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      Range range,
      TimePosition from,
      @Nullable Instant settledAt,
      @Nullable FirstPage<T> opening) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, endpoint.mapper());
    this.prefetcher = repository.prefetcher(Page::bytes);
    this.api = repository.api();
    this.sizes = new AdaptivePageSize(from.pageSize(), from.growAfter(), repository.pages());
    this.start = range.start();
    this.end = range.end();
    this.position = from;
    this.settledAt = settledAt;
    this.isSettled = settledAt != null;
    this.opening = opening;
    this.next = resumed(from);
    // A list with a position to continue at is not empty; one that was never read may be.
    this.expected = opening == null ? 1 : 0;
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

  @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    while (index >= items.size()) {
      if (exhausted) {
        return null;
      }
      fill(budget);
    }
    if (entered) {
      entered = false;
      prefetch(budget.reserve());
    }
    TimeWindow.Timed<T> timed = items.get(index++);
    position =
        new TimePosition(
            timed.at(), timed.id(), position.done() + 1, sizes.size(), sizes.growAfter());
    if (index == items.size() && timed.at().equals(cut)) {
      position =
          new TimePosition(
              timed.at(),
              TimePosition.WHOLE_MOMENT,
              position.done(),
              sizes.size(),
              sizes.growAfter());
    }
    ParsedItem<T> item = timed.item();
    return new ReadItem<>(
        item, position, bytesPerItem, () -> endpoint.enrichments().begin(item, repository));
  }

  void warmUp(RequestBudget budget) throws InterruptedException {
    if (asOf == null && !exhausted) {
      fill(budget);
    }
  }

  /** Fetches the next items; with smaller pages if GitHub fails on large ones. */
  private void fill(RequestBudget budget) throws InterruptedException {
    BackfillException kept = deferred;
    if (kept != null) {
      deferred = null;
      throw kept;
    }
    while (true) {
      TimeWindow<T> current = window;
      if (current == null) {
        current =
            new TimeWindow<>(endpoint, path(next), sizes.size(), next, position, end, expected);
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

  private void step(TimeWindow<T> current, RequestBudget budget) throws InterruptedException {
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

  private @Nullable Page<T> first(String path, RequestBudget budget) throws InterruptedException {
    FirstPage<T> open = opening;
    if (open == null) {
      return ahead(path, budget);
    }
    Page<T> page = open.fetch(path, budget);
    opening = null;
    return page;
  }

  private Page<T> ahead(String path, RequestBudget budget) throws InterruptedException {
    try {
      Page<T> ahead = prefetcher.take(path, budget);
      if (ahead != null) {
        return ahead;
      }
    } catch (RateLimitedException e) {
      // The gate below knows if that limit still holds.
    }
    return fetcher.fetch(path, budget);
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
    bytesPerItem = items.isEmpty() ? 0 : done.bytes() / items.size();
    entered = true;
    asOf = page.asOf();
    prefetcher.recordSize(page);
    if (batch.cutAt() != null) {
      cut = batch.cutAt();
    }
    if (!isSettled) {
      settledAt = page.asOf();
      isSettled = batch.isNearEnd();
    }
    total = batch.total(position.done());
    exhausted = batch.isLast();
    next = batch.next();
    expected = Math.max(1, batch.announced());
  }

  private String path(@Nullable Instant since) {
    Instant from =
        since == null || !since.isAfter(Instant.EPOCH)
            ? null
            : since.truncatedTo(ChronoUnit.SECONDS);
    String list = endpoint.oldestUpdateFirst(from, sizes.size());
    // Only the first request may use the name, which may belong to another repository later.
    return from == null && position.at() == null
        ? repository.path(list)
        : repository.pathByNumber(list);
  }

  void prefetch(Reserve reserve) {
    Instant since = next;
    if (exhausted || since == null || asOf == null || deferred != null || window != null) {
      return;
    }
    if (api.isOpen(ApiResource.CORE, reserve)) {
      String path = path(since);
      prefetcher.begin(0, path, budget -> fetcher.fetch(path, budget), reserve);
    }
  }

  private void describe() {
    reading =
        sizes.isMax()
            ? ""
            : "pages of " + sizes.size() + " items, since GitHub failed on larger ones";
  }

  /**
   * Returns GitHub's time up to which everything is known, except for lagging replicas; null before
   * the first page.
   */
  @Nullable Instant settledAt() {
    return settledAt;
  }

  /** Returns the moment with more items than GitHub lists, or null if there is none. */
  @Nullable Instant cutAt() {
    return cut;
  }

  Position position() {
    return position;
  }

  boolean isAtEnd() {
    return exhausted && index >= items.size();
  }

  int buffered() {
    return items.size() - index;
  }

  Total total() {
    return total;
  }

  String readMode() {
    return reading;
  }

  /** Returns GitHub's time of the latest page; null before the first one. */
  @Nullable Instant asOf() {
    return asOf;
  }

  void defer(BackfillException failure) {
    // A present limit may have ended by then: the gate knows.
    deferred = failure instanceof RateLimitedException ? null : failure;
  }

  void close() {
    prefetcher.cancel();
  }
}
