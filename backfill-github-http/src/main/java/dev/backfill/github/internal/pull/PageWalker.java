package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Goes through a list item by item, from page to page. Belongs to one session. */
final class PageWalker<T> implements Walker<T> {

  private final PageFetcher<T> fetcher;
  private final Lookahead<Page<T>> lookahead;
  private final GitHubApi api;
  private final Function<ParsedItem<T>, Completion<T>> completing;

  private PagePosition position;
  private @Nullable Page<T> page;
  private @Nullable Page<T> searched;
  private final Set<String> searchedPaths = new HashSet<>();
  private int index;
  private long itemsBefore = -1;
  private volatile Total total = Total.UNKNOWN;
  private @Nullable BackfillException deferred;

  PageWalker(
      PageFetcher<T> fetcher,
      OpenRepository repository,
      Function<ParsedItem<T>, Completion<T>> completing,
      PagePosition from) {
    this.fetcher = fetcher;
    this.lookahead = repository.lookahead();
    this.api = repository.api();
    this.completing = completing;
    this.position = from;
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
  public boolean isAtEnd() {
    return page != null && index >= page.items().size() && page.next() == null;
  }

  @Override
  public int left() {
    return page == null ? 0 : page.items().size() - index;
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
    if (page == null) {
      resume(budget);
    }
  }

  @Override
  public @Nullable Taken<T> take(Budget budget) throws InterruptedException {
    warmUp(budget);
    while (page != null && index >= page.items().size()) {
      String next = page.next();
      if (next == null) {
        return null;
      }
      enter(fetchNext(next, budget), 0);
    }
    Page<T> current = page;
    if (current == null) {
      return null;
    }
    ParsedItem<T> item = current.items().get(index++);
    position = new PagePosition(current.path(), index, item.id());
    return new Taken<>(item, position, () -> completing.apply(item));
  }

  @Override
  public void defer(BackfillException failure) {
    // What is limited now may not be limited then: the gate knows.
    deferred = failure instanceof RateLimitedException ? null : failure;
  }

  @Override
  public void lookAhead(long reserve) {
    String next = page == null ? null : page.next();
    if (next != null && deferred == null && api.isOpen(ApiResource.CORE, reserve)) {
      lookahead.begin(next, budget -> fetcher.fetch(next, budget), reserve);
    }
  }

  @Override
  public void close() {
    lookahead.cancel();
  }

  private Page<T> fetchNext(String next, Budget budget) throws InterruptedException {
    BackfillException kept = deferred;
    if (kept != null) {
      deferred = null;
      throw kept;
    }
    try {
      Page<T> ahead = lookahead.take(next, budget);
      if (ahead != null) {
        return ahead;
      }
    } catch (RateLimitedException e) {
      // It was so when the page was asked for; what holds now the gate says below.
    }
    return fetcher.fetch(next, budget);
  }

  /**
   * Finds the place again: what was deleted moves everything behind it to the left, over any number
   * of pages.
   */
  private void resume(Budget budget) throws InterruptedException {
    // A limit may end the search midway; it goes on from there, or a long one would never end.
    Page<T> candidate = searched != null ? searched : fetcher.fetch(position.page(), budget);
    searched = candidate;
    Long anchor = position.anchor();
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
        throw leadsBack(previous);
      }
      candidate = fetcher.fetch(previous, budget);
      searchedPaths.add(previous);
      searched = candidate;
    }
    int found = candidate.indexOf(anchor);
    // Not found: the item itself was deleted. An item twice does no harm, a lost one does.
    enter(candidate, found < 0 ? candidate.firstAfter(anchor) : found + 1);
  }

  private static PermanentFailureException leadsBack(String page) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "GitHub's links to earlier pages lead back to "
            + page
            + ", so the place in the list cannot be found again; what is stored is kept, please"
            + " report this",
        null);
  }

  private void enter(Page<T> entered, int from) {
    Page<T> before = page;
    Long number = Page.number(entered.path());
    if (number != null) {
      itemsBefore = Math.max(0, number - 1) * Page.SIZE;
    } else if (before != null && itemsBefore >= 0) {
      itemsBefore += before.items().size();
    }
    page = entered;
    searched = null;
    searchedPaths.clear();
    index = from;
    if (entered.next() == null) {
      if (itemsBefore >= 0 && (!entered.items().isEmpty() || itemsBefore == 0)) {
        total = Total.exact(itemsBefore + entered.items().size());
      }
    } else if (entered.lastNumber() != null) {
      total = Total.estimate(entered.lastNumber() * Page.SIZE);
    }
  }
}
