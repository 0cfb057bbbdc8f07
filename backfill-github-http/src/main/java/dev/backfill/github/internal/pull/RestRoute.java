package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.http.ApiResource;
import org.jspecify.annotations.Nullable;

/** Reads a list of GitHub's REST API. */
public record RestRoute<T>(Listing<T> listing) implements Route<T> {

  @Override
  public boolean reads(Position position) {
    return position instanceof PagePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.CORE;
  }

  @Override
  public HistoryWalker<T> history(OpenRepository repository, @Nullable Position from) {
    ListCounter counter = new ListCounter(repository.api());
    return new PageWalker<>(
        new PageFetcher<>(repository, listing.mapper()),
        repository,
        item -> listing.completing().begin(item, repository),
        budget -> counter.count(repository.pathByNumber(""), listing, budget),
        begin(repository, from));
  }

  /** Reads everything, oldest first, with pages that overlap. */
  KeyPages<T> list(OpenRepository repository, @Nullable Position from) {
    return new KeyPages<>(
        new PageFetcher<>(repository, listing.mapper()), repository, begin(repository, from));
  }

  private PagePosition begin(OpenRepository repository, @Nullable Position from) {
    return from instanceof PagePosition place
        ? place
        : PagePosition.firstOf(repository.path(listing.oldestFirst(repository.pages().rest())));
  }

  @Override
  public RecentWalker<T> recent(OpenRepository repository, Since from) {
    return new RecentPages<>(listing, repository, from);
  }

  @Override
  public ReadingCost cost(long items) {
    long history =
        ReadingCost.pages(items, Page.SIZE) + items * listing.completing().requestsPerItem();
    long counting = items > Page.SIZE ? 1 : 0;
    long catchUp = 1;
    return ReadingCost.ofRequests(counting + history + catchUp);
  }
}
