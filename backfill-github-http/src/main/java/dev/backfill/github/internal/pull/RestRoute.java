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
  public Walker<T> history(OpenRepository repository, @Nullable Position from) {
    PagePosition start =
        from instanceof PagePosition place
            ? place
            : PagePosition.firstOf(repository.path(listing.oldestFirst()));
    return new PageWalker<>(
        new PageFetcher<>(repository, listing.mapper()),
        repository,
        item -> listing.completing().begin(item, repository),
        start);
  }

  @Override
  public RecentWalker<T> recent(OpenRepository repository, Since from) {
    return new RecentPages<>(listing, repository, from);
  }

  @Override
  public ReadingCost cost(long items) {
    long history =
        ReadingCost.pages(items, Page.SIZE) + items * listing.completing().requestsPerItem();
    long catchUp = 1;
    return ReadingCost.ofRequests(history + catchUp);
  }
}
