package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.github.internal.cursor.TimePosition;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads everything that was not updated after a moment, in the order of update. Later updates
 * belong to the catch-up, which counts an item only if it is not stored. So an item that is edited
 * meanwhile counts once.
 */
record UpdateOrderHistory<T>(UpdateOrderReader<T> reader)
    implements UpdateOrderHistoryReader<T>, HistoryReader<T> {

  /**
   * Creates a reader.
   *
   * @param mark the last moment that belongs to the history, or null for no end
   */
  static <T> UpdateOrderHistory<T> of(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      @Nullable Instant mark,
      TimePosition from) {
    UpdateOrderReader.Range range = new UpdateOrderReader.Range(null, mark);
    PageFetcher<T> fetcher = new PageFetcher<>(repository, endpoint.mapper());
    UpdateOrderReader.FirstPage<T> opening =
        from.at() == null
            ? (path, budget) -> first(endpoint, repository, fetcher, path, budget)
            : null;
    return new UpdateOrderHistory<>(
        new UpdateOrderReader<>(endpoint, repository, range, from, null, opening));
  }

  /** Fetches the first page. If the whole list is empty, that is checked by a second request. */
  private static <T> Page<T> first(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      PageFetcher<T> fetcher,
      String path,
      RequestBudget budget)
      throws InterruptedException {
    Page<T> page = fetcher.fetch(path, budget);
    boolean isEmpty = page.items().isEmpty() && page.next() == null && !page.isBlank();
    return isEmpty && hasItems(endpoint, repository, budget) ? fetcher.fetch(path, budget) : page;
  }

  private static boolean hasItems(
      ListEndpoint<?> endpoint, OpenRepository repository, RequestBudget budget)
      throws InterruptedException {
    try {
      ListCounter counter = new ListCounter(repository.api());
      return counter.count(repository.pathByNumber(""), endpoint, budget).items() > 0;
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.INCOMPATIBLE) {
        throw e;
      }
      return false;
    }
  }

  @Override
  public @Nullable Instant asOf() {
    return reader.asOf();
  }
}
