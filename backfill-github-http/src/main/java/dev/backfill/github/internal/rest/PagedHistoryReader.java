package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.PagePrefetcher;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a list item by item, from page to page. Used by one session. */
final class PagedHistoryReader<T> implements HistoryReader<T> {

  private final PageFetcher<T> fetcher;
  private final PagePrefetcher<Page<T>> prefetcher;
  private final int pagesAhead;
  private final GitHubApi api;
  private final Function<ParsedItem<T>, ItemEnrichment<T>> enrichment;
  private final Counting counting;
  private final boolean isCounted;

  private PagePosition position;
  private @Nullable ItemCountBaseline baseline;
  private @Nullable Page<T> page;
  private @Nullable Page<T> searched;
  private final Set<String> searchedPaths = new HashSet<>();
  private int index;
  private boolean serial;
  private boolean entered;
  private boolean looked;
  private long itemsBefore = -1;
  private volatile Total total = Total.UNKNOWN;
  private @Nullable BackfillException deferred;

  /** Counts the items of the list. */
  @FunctionalInterface
  interface Counting {

    ListCounter.Count count(RequestBudget budget) throws InterruptedException;
  }

  /**
   * Creates a reader.
   *
   * @param from the position to continue from
   * @param known the expected number of items if the list was counted already, or null
   */
  PagedHistoryReader(
      PageFetcher<T> fetcher,
      OpenRepository repository,
      Function<ParsedItem<T>, ItemEnrichment<T>> enrichment,
      Counting counting,
      PagePosition from,
      @Nullable ItemCountBaseline known) {
    this.fetcher = fetcher;
    this.prefetcher = repository.prefetcher(Page::bytes);
    this.pagesAhead = repository.pagesAhead();
    this.api = repository.api();
    this.enrichment = enrichment;
    this.counting = counting;
    this.position = from;
    this.baseline = known;
    this.isCounted = known != null;
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public Total total() {
    return total;
  }

  @Override
  public @Nullable Instant asOf() {
    return page == null ? null : page.asOf();
  }

  @Override
  public @Nullable ItemCountBaseline baseline() {
    return baseline;
  }

  @Override
  public boolean isAtEnd() {
    return page != null && index >= page.items().size() && page.next() == null;
  }

  @Override
  public int buffered() {
    return page == null ? 0 : page.items().size() - index;
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
    if (page == null) {
      resume(budget);
    }
  }

  @Override
  public @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    warmUp(budget);
    while (page != null && index >= page.items().size()) {
      String next = page.next() != null || looked ? page.next() : page.behindFullEnd();
      if (next == null) {
        return null;
      }
      Page<T> fetched = fetchNext(next, budget);
      if (fetched.items().isEmpty() && page.next() == null) {
        looked = true;
        return null;
      }
      if (fetched.endsEarlyAfter(page)) {
        // Items may have been deleted, or the response may be wrong.
        fetched = fetcher.fetch(next, budget);
      }
      if (!prefetcher.leadsTo(fetched.next())) {
        giveUpSeries(budget);
      }
      enter(fetched, 0);
    }
    Page<T> current = page;
    if (current == null) {
      return null;
    }
    if (entered) {
      entered = false;
      prefetch(budget.reserve());
    }
    ParsedItem<T> item = current.items().get(index++);
    position = new PagePosition(current.path(), index, item.id());
    return new ReadItem<>(item, position, current.bytesPerItem(), () -> enrichment.apply(item));
  }

  @Override
  public void defer(BackfillException failure) {
    // A present limit may have ended by then: the gate knows.
    deferred = failure instanceof RateLimitedException ? null : failure;
  }

  /**
   * Begins to fetch the next pages. If GitHub's links to the next page and to the last one differ
   * only in their number, the numbers between are pages, too.
   */
  @Override
  public void prefetch(Reserve reserve) {
    Page<T> current = page;
    String next = current == null ? null : current.next();
    if (current == null || next == null || deferred != null) {
      return;
    }
    Long offered = serial || !current.numbered() ? null : current.lastNumber();
    Long first = Page.number(next);
    long number = first == null ? 1 : first;
    long last = offered == null ? number : offered;
    for (int i = 0; i < pagesAhead && (i == 0 || number + i <= last); i++) {
      if (!api.isOpen(ApiResource.CORE, reserve)) {
        return;
      }
      String path = i == 0 ? next : Page.withNumber(next, number + i);
      prefetcher.begin(i, path, budget -> fetcher.fetch(path, budget), reserve);
    }
  }

  /**
   * Discards pages fetched ahead that do not come next. From here on the reader follows links only.
   */
  private void giveUpSeries(RequestBudget budget) throws InterruptedException {
    serial = true;
    prefetcher.discard(budget);
  }

  /** Returns true if a page comes behind the one before it, as far as its links show. */
  private static boolean follows(Page<?> ahead, String path) {
    Long number = Page.number(path);
    Long before = ahead.previous() == null ? null : Page.number(ahead.previous());
    return number == null || before == null || before == number - 1;
  }

  @Override
  public void close() {
    prefetcher.cancel();
  }

  private Page<T> fetchNext(String next, RequestBudget budget) throws InterruptedException {
    BackfillException kept = deferred;
    if (kept != null) {
      deferred = null;
      throw kept;
    }
    try {
      Page<T> ahead = prefetcher.take(next, budget);
      if (ahead != null && (serial || follows(ahead, next))) {
        return ahead;
      }
      if (ahead != null) {
        giveUpSeries(budget);
      }
    } catch (RateLimitedException e) {
      // The limit held when the page was requested; the gate knows the present one.
    }
    return fetcher.fetch(next, budget);
  }

  /**
   * Finds the position again: deletions move everything behind them to the left, over any number of
   * pages.
   */
  private void resume(RequestBudget budget) throws InterruptedException {
    Long anchor = position.anchor();
    if (position.offset() == 0 && anchor == null) {
      enter(first(budget), 0);
      return;
    }
    // A limit may end the search midway. It continues there, or a long one would never end.
    Page<T> candidate = searched != null ? searched : fetcher.fetch(position.page(), budget);
    searched = candidate;
    if (position.offset() == 0 || anchor == null) {
      enter(candidate, Math.min(position.offset(), candidate.items().size()));
      return;
    }
    while (candidate.indexOf(anchor) < 0 && !candidate.beginsBefore(anchor)) {
      String previous = candidate.previous();
      if (previous == null) {
        break;
      }
      if (searchedPaths.contains(previous)) {
        throw linkLoop(previous);
      }
      candidate = fetcher.fetch(previous, budget);
      searchedPaths.add(previous);
      searched = candidate;
    }
    int found = candidate.indexOf(anchor);
    // Not found: the item itself was deleted. An item twice does no harm, a lost one does.
    enter(candidate, found < 0 ? candidate.firstAfter(anchor) : found + 1);
  }

  /**
   * Returns the first page. If the list has more, its items are counted before the page is read. So
   * the page lacks what was deleted before the count, too.
   */
  private Page<T> first(RequestBudget budget) throws InterruptedException {
    String path = position.page();
    PageFetcher.Versioned<T> first =
        Objects.requireNonNull(fetcher.firstIfChanged(path, null, budget));
    if (isEmptyList(first.page())) {
      // An empty history is checked by a second request.
      ItemCountBaseline existing = counted(counting, budget);
      if (existing == null || existing.items() == 0) {
        return first.page();
      }
      baseline = existing;
      return fetcher.fetch(path, budget);
    }
    String next = first.page().next();
    // Deletions move only the items of numbered pages.
    if (next == null || Page.number(next) == null || isCounted) {
      return first.page();
    }
    baseline = counted(counting, budget);
    PageFetcher.Versioned<T> again =
        baseline == null ? null : fetcher.firstIfChanged(path, first.etag(), budget);
    return again == null ? first.page() : again.page();
  }

  private static boolean isEmptyList(Page<?> first) {
    return first.items().isEmpty() && first.next() == null && !first.isBlank();
  }

  /** Counts the items of a list; null if the server does not return the number of pages. */
  static @Nullable ItemCountBaseline counted(Counting counting, RequestBudget budget)
      throws InterruptedException {
    try {
      ListCounter.Count count = counting.count(budget);
      return new ItemCountBaseline(count.items(), count.newest());
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.INCOMPATIBLE) {
        throw e;
      }
      // Some servers do not return the number of pages: every key is listed at the end then.
      return null;
    }
  }

  private static PermanentFailureException linkLoop(String page) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "GitHub's links to earlier pages lead back to "
            + page
            + ", so the position in the list cannot be found again. Stored items stay. Please"
            + " report this.",
        null);
  }

  private void enter(Page<T> fetched, int from) {
    Page<T> before = page;
    Long number = Page.number(fetched.path());
    if (number != null) {
      itemsBefore = Page.start(fetched.path());
    } else if (before != null && itemsBefore >= 0) {
      itemsBefore += before.items().size();
    }
    page = fetched;
    entered = true;
    prefetcher.recordSize(fetched);
    searched = null;
    searchedPaths.clear();
    index = from;
    if (fetched.next() == null) {
      total = totalAtEnd(fetched);
    } else if (fetched.lastNumber() != null) {
      total = Total.estimate(fetched.lastNumber() * Page.size(fetched.path()));
    }
  }

  /**
   * Returns the total. With several numbered pages, it is only an estimate of the expected number.
   */
  private Total totalAtEnd(Page<T> last) {
    if (last.isBlank() || itemsBefore < 0) {
      return Total.UNKNOWN;
    }
    long listed = itemsBefore + last.items().size();
    boolean sure = itemsBefore == 0 || Page.number(last.path()) == null;
    return sure ? Total.exact(listed) : Total.estimate(listed);
  }
}
