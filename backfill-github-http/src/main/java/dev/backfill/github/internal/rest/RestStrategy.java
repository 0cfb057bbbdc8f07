package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import org.jspecify.annotations.Nullable;

/** Reading a list of GitHub's REST API by pages. */
public record RestStrategy<T>(ListEndpoint<T> endpoint) implements ReadStrategy<T> {

  @Override
  public boolean reads(Position position) {
    return position instanceof PagePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryReader<T> history(OpenRepository repository, @Nullable Position from) {
    return countedHistory(repository, from, null);
  }

  /** Reads everything behind a position of a list that was counted already. */
  HistoryReader<T> countedHistory(
      OpenRepository repository, @Nullable Position from, @Nullable ItemCountBaseline known) {
    return new PagedHistoryReader<>(
        new PageFetcher<>(repository, endpoint.mapper()),
        repository,
        item -> endpoint.enrichments().begin(item, repository),
        counting(repository),
        begin(repository, from),
        known);
  }

  /** Counts the list that {@link #history} reads; null if the server does not count. */
  @Nullable ItemCountBaseline count(OpenRepository repository, RequestBudget budget)
      throws InterruptedException {
    return PagedHistoryReader.counted(counting(repository), budget);
  }

  private PagedHistoryReader.Counting counting(OpenRepository repository) {
    ListCounter counter = new ListCounter(repository.api());
    return budget -> counter.count(repository.pathByNumber(""), endpoint, budget);
  }

  /** Reads everything, oldest first, with pages that overlap. */
  public KeyPages<T> list(OpenRepository repository, @Nullable Position from) {
    return new KeyPages<>(
        new PageFetcher<>(repository, endpoint.mapper()), repository, begin(repository, from));
  }

  private PagePosition begin(OpenRepository repository, @Nullable Position from) {
    return from instanceof PagePosition place
        ? place
        : PagePosition.firstOf(repository.path(endpoint.oldestFirst(repository.pages().rest())));
  }

  @Override
  public RecentReader<T> recent(OpenRepository repository, Since from) {
    return new PagedRecentReader<>(endpoint, repository, from);
  }

  @Override
  public ReadCost cost(long items) {
    long history =
        ReadCost.pages(items, Page.SIZE) + items * endpoint.enrichments().requestsPerItem();
    long counting = items > Page.SIZE ? 1 : 0;
    long catchUp = 1;
    return ReadCost.ofRequests(counting + history + catchUp);
  }
}
