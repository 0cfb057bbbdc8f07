package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.ListGap;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.PagePrefetcher;
import dev.backfill.github.internal.rest.OverlappingPages.Place;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a whole list, oldest first, to its last item: an item that is deleted meanwhile hides none.
 * Used by one session.
 */
final class KeyPages<T> implements KeyList<T> {

  private final PageFetcher<T> fetcher;
  private final OverlappingPages<T> pages;
  private final PageSizes sizes;
  private final PagePrefetcher<Page<T>> prefetcher;
  private final int pagesAhead;
  private final GitHubApi api;
  private PagePosition position;
  private @Nullable Page<T> page;
  private boolean cut;

  KeyPages(PageFetcher<T> fetcher, OpenRepository repository, PagePosition from) {
    this.fetcher = fetcher;
    this.sizes = repository.pages();
    this.pages = new OverlappingPages<>(this::fetch, sizes);
    this.prefetcher = repository.prefetcher(Page::bytes);
    this.pagesAhead = repository.pagesAhead();
    this.api = repository.api();
    this.position = from;
  }

  @Override
  public List<ParsedItem<T>> next(RequestBudget budget) throws InterruptedException {
    Page<T> current = page;
    Place<T> place;
    String next = current == null ? null : current.next();
    if (current == null) {
      place = begin(budget);
    } else if (next != null && position.anchor() == null) {
      place = new Place<>(fetch(current, next, budget), 0);
    } else {
      place = pages.after(current, this::done, budget);
    }
    if (place == null) {
      return List.of();
    }
    // Before the position moves: a limit may end this call here, and the next one starts again.
    boolean continues = continuesBehind(place.page(), budget);
    page = continues ? null : place.page();
    List<ParsedItem<T>> all = place.page().items();
    prefetcher.recordSize(place.page());
    prefetch(place.page(), budget.reserve());
    position = new PagePosition(place.page().path(), all.size(), anchor(all));
    return all.subList(place.index(), all.size());
  }

  /**
   * Fetches the page behind a last page, which GitHub refuses if it has cut the list.
   *
   * @return true if the list has grown, so that the position must be found again
   */
  private boolean continuesBehind(Page<T> last, RequestBudget budget) throws InterruptedException {
    if (last.next() != null || !mayBeCut(last)) {
      return false;
    }
    try {
      return !fetcher.fetch(Page.following(last.path()), budget).items().isEmpty();
    } catch (PermanentFailureException e) {
      if (!KnownCaps.isRefusedPage(e)) {
        throw e;
      }
      cut = true;
      return false;
    }
  }

  /** Returns true for full pages only, since caps are at whole pages. */
  private boolean mayBeCut(Page<T> last) {
    Long number = Page.number(last.path());
    return number != null
        && number >= 2
        && (Page.start(last.path()) + last.items().size()) % sizes.rest() == 0;
  }

  private Place<T> begin(RequestBudget budget) throws InterruptedException {
    String path = position.page();
    if (position.offset() > 0 && position.anchor() != null) {
      return pages.find(path, this::done, budget);
    }
    if (position.offset() > 0) {
      Page<T> known = fetcher.fetch(path, budget);
      return new Place<>(known, Math.min(position.offset(), known.items().size()));
    }
    return new Place<>(
        Objects.requireNonNull(fetcher.firstIfChanged(path, null, budget)).page(), 0);
  }

  /**
   * Returns the number of items that are done. Ids ascend in the order of creation; an item without
   * an id is listed twice at worst.
   */
  private int done(Page<T> candidate) {
    Long anchor = position.anchor();
    if (anchor == null) {
      return 0;
    }
    int found = candidate.indexOf(anchor);
    if (found >= 0) {
      return found + 1;
    }
    return candidate.beginsBefore(anchor) ? candidate.firstAfter(anchor) : 0;
  }

  private @Nullable Long anchor(List<ParsedItem<T>> items) {
    for (int i = items.size() - 1; i >= 0; i--) {
      if (items.get(i).id() != null) {
        return items.get(i).id();
      }
    }
    return position.anchor();
  }

  private Page<T> fetch(@Nullable Page<T> before, String path, RequestBudget budget)
      throws InterruptedException {
    Page<T> ahead = ahead(path, budget);
    if (ahead != null && (before == null || !ahead.endsEarlyAfter(before))) {
      return ahead;
    }
    return before == null ? fetcher.fetch(path, budget) : fetcher.fetchAfter(before, path, budget);
  }

  private @Nullable Page<T> ahead(String path, RequestBudget budget) throws InterruptedException {
    try {
      return prefetcher.take(path, budget);
    } catch (RateLimitedException e) {
      // The limit held when the page was requested; the gate knows the present one.
      return null;
    }
  }

  private void prefetch(Page<T> current, Reserve reserve) {
    String next = current.next();
    Long last = current.lastNumber();
    if (next == null || Page.number(next) == null) {
      return;
    }
    // The list has at least this number of items, and one more.
    long known = last == null ? 0 : (last - 1) * Page.size(next);
    String path = Page.overlapping(next, sizes);
    for (int i = 0; i < pagesAhead && (i == 0 || Page.start(path) <= known); i++) {
      if (!api.isOpen(ApiResource.CORE, reserve)) {
        return;
      }
      String selected = path;
      prefetcher.begin(i, selected, budget -> fetcher.fetch(selected, budget), reserve);
      path = Page.overlapping(Page.following(selected), sizes);
    }
  }

  @Override
  public PagePosition position() {
    return position;
  }

  @Override
  public boolean isAtEnd() {
    return page != null && page.next() == null;
  }

  @Override
  public @Nullable ListGap gap() {
    return cut ? ListGap.OF_REST : null;
  }

  @Override
  public void close() {
    prefetcher.cancel();
  }
}
