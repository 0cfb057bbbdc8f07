package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Finds the position in a REST list behind an item that was read by queries. Immutable.
 *
 * @param repository the repository
 * @param endpoint the list, in the order of creation
 */
public record RestContinuation<T>(OpenRepository repository, ListEndpoint<T> endpoint) {

  /**
   * Continues behind an item, from the page before the one with the item, as deletions meanwhile
   * may move later items. The first items may be done: {@link #isDone} checks that.
   *
   * <p>If the list has several pages, it is counted: deletions move the items of numbered pages.
   *
   * @param reached the last item that is done, or null to read from the beginning
   */
  public HistoryReader<T> behind(EdgePosition.@Nullable Reached reached, RequestBudget budget)
      throws InterruptedException {
    RestStrategy<T> strategy = new RestStrategy<>(endpoint);
    if (reached == null) {
      return strategy.history(repository, null);
    }
    PageFetcher<T> fetcher = new PageFetcher<>(repository, endpoint.mapper());
    String path = repository.path(endpoint.oldestFirst(repository.pages().rest()));
    Page<T> first = fetcher.fetch(path, budget);
    if (first.next() == null || first.lastNumber() == null || !first.numbered()) {
      return strategy.history(repository, PagePosition.firstOf(path));
    }
    // Before the search: what is deleted meanwhile must not be missing from the number.
    ItemCountBaseline listed = strategy.count(repository, budget);
    Page<T> present = page(first, reached, fetcher, budget);
    Long number = Page.number(present.path());
    return strategy.countedHistory(
        repository,
        PagePosition.firstOf(
            number == null || number <= 2 ? path : Page.withNumber(present.path(), number - 1)),
        listed == null ? null : expected(listed, present, reached));
  }

  /**
   * Returns the number of items to expect in the end: those that are done, of which some may be
   * deleted and not listed any more, and those that the list has behind them.
   */
  private ItemCountBaseline expected(
      ItemCountBaseline listed, Page<T> present, EdgePosition.Reached reached) {
    int index = present.items().size();
    while (index > 0 && !isDone(present.items().get(index - 1), reached)) {
      index--;
    }
    long behind = listed.items() - Page.start(present.path()) - index;
    return new ItemCountBaseline(
        Math.max(listed.items(), reached.done() + behind), listed.counted());
  }

  /** Returns true if an item of the list is done already. */
  public boolean isDone(ParsedItem<T> item, EdgePosition.@Nullable Reached reached) {
    T value = item.item();
    return reached != null
        && value != null
        && item.id() != null
        && reached.includes(endpoint.timesOf(value).createdAt(), item.id());
  }

  /** Returns the last item that is done after this one; the one before if that is not known. */
  public EdgePosition.@Nullable Reached after(
      ParsedItem<T> item, EdgePosition.@Nullable Reached before, boolean byRest) {
    T value = item.item();
    return value == null || item.id() == null
        ? before == null ? null : before.passed(byRest)
        : new EdgePosition.Reached(
            endpoint.timesOf(value).createdAt(),
            item.id(),
            byRest,
            before == null ? 1 : before.done() + 1);
  }

  /** Returns the last page that begins with an item that is done. Finds it by binary search. */
  private Page<T> page(
      Page<T> first, EdgePosition.Reached reached, PageFetcher<T> fetcher, RequestBudget budget)
      throws InterruptedException {
    String next = Objects.requireNonNull(first.next());
    Page<T> found = first;
    long low = 1;
    long high = Objects.requireNonNull(first.lastNumber());
    while (low < high) {
      long middle = (low + high + 1) / 2;
      Page<T> candidate = fetcher.fetch(Page.withNumber(next, middle), budget);
      if (beginsBehind(candidate, reached)) {
        high = middle - 1;
      } else {
        found = candidate;
        low = middle;
      }
    }
    return found;
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
