package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import org.jspecify.annotations.Nullable;

/**
 * Finds the position in a REST list behind an item that was read by queries. Immutable.
 *
 * @param repository the repository
 * @param endpoint the list, in the order of creation
 */
public record RestContinuation<T>(OpenRepository repository, ListEndpoint<T> endpoint) {

  /**
   * Continues behind an item. The first items may be done: {@link #isDone} checks that.
   *
   * @param reached the last item that is done, or null to read from the beginning
   */
  public HistoryReader<T> behind(EdgePosition.@Nullable Reached reached, RequestBudget budget)
      throws InterruptedException {
    RestStrategy<T> strategy = new RestStrategy<>(endpoint);
    return reached == null
        ? strategy.history(repository, null)
        : strategy.history(repository, PagePosition.firstOf(page(reached, budget)));
  }

  /** Returns true if an item of the list is done already. */
  public boolean isDone(ParsedItem<T> item, EdgePosition.@Nullable Reached reached) {
    T value = item.item();
    return reached != null
        && value != null
        && item.id() != null
        && reached.includes(endpoint.times().apply(value).createdAt(), item.id());
  }

  /** Returns the last item that is done after this one; the one before if that is not known. */
  public EdgePosition.@Nullable Reached after(
      ParsedItem<T> item, EdgePosition.@Nullable Reached before, boolean byRest) {
    T value = item.item();
    return value == null || item.id() == null
        ? before == null ? null : before.read(byRest)
        : new EdgePosition.Reached(endpoint.times().apply(value).createdAt(), item.id(), byRest);
  }

  /**
   * Returns the page before the one with the item, as deletions meanwhile may move later items.
   * Finds it by binary search if pages have numbers.
   */
  private String page(EdgePosition.Reached reached, RequestBudget budget)
      throws InterruptedException {
    PageFetcher<T> fetcher = new PageFetcher<>(repository, endpoint.mapper());
    String first = repository.path(endpoint.oldestFirst(repository.pages().rest()));
    Page<T> page = fetcher.fetch(first, budget);
    String next = page.next();
    Long last = page.lastNumber();
    if (next == null || last == null || !page.numbered()) {
      return first;
    }
    long low = 1;
    long high = last;
    while (low < high) {
      long middle = (low + high + 1) / 2;
      if (beginsBehind(fetcher.fetch(Page.withNumber(next, middle), budget), reached)) {
        high = middle - 1;
      } else {
        low = middle;
      }
    }
    return low <= 2 ? first : Page.withNumber(next, low - 1);
  }

  private boolean beginsBehind(Page<T> page, EdgePosition.Reached reached) {
    for (ParsedItem<T> item : page.items()) {
      T value = item.item();
      if (value != null && item.id() != null) {
        return !isDone(item, reached);
      }
    }
    return true;
  }
}
