package dev.backfill.github.internal.pull;

import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads what was updated since a time, in the order of update. */
final class UpdateOrderChanges<T> implements UpdateOrderWalker<T>, RecentWalker<T> {

  private final Listing<T> listing;
  private final PageFetcher<T> fetcher;
  private final Instant since;
  private final int smallestPage;
  private final UpdateOrderReader<T> reader;
  private @Nullable SeenVersion seen;
  private boolean news;

  UpdateOrderChanges(Listing<T> listing, OpenRepository repository, Route.Since from) {
    this.listing = listing;
    this.fetcher = new PageFetcher<>(repository, listing.mapper());
    this.since = from.time();
    this.smallestPage = repository.pages().smallestRest();
    this.seen = from.seen();
    Stage.Run run = from.run();
    UpdateOrderReader.Range range = new UpdateOrderReader.Range(limit(since), null);
    if (run != null && run.position() instanceof TimePosition place) {
      news = run.news();
      reader = new UpdateOrderReader<>(listing, repository, range, place, run.begunAt(), null);
    } else {
      // A pass that an earlier release has begun in another order is begun again.
      reader =
          new UpdateOrderReader<>(
              listing, repository, range, TimePosition.start(), null, this::firstPage);
    }
  }

  private static Instant limit(Instant since) {
    return since.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
  }

  private @Nullable Page<T> firstPage(String path, Budget budget) throws InterruptedException {
    SeenVersion before = seen;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    PageFetcher.Versioned<T> first = fetcher.fetchIfChanged(path, etag, budget);
    if (first == null) {
      return null;
    }
    seen = version(path, first);
    return first.page();
  }

  /** What comes later changes a page only where that is not full. */
  private @Nullable SeenVersion version(String path, PageFetcher.Versioned<T> first) {
    Page<T> page = first.page();
    boolean mayGrow = page.next() == null && page.items().size() < smallestPage;
    return mayGrow ? SeenVersion.of(path, first.etag(), newest(page), page.asOf()) : null;
  }

  private @Nullable Instant newest(Page<T> page) {
    int items = page.items().size();
    return items == 0 ? null : listing.updatedAt(page.items().get(items - 1));
  }

  @Override
  public UpdateOrderReader<T> reader() {
    return reader;
  }

  @Override
  public @Nullable Taken<T> take(Budget budget) throws InterruptedException {
    Taken<T> taken = reader.take(budget);
    if (taken != null && taken.after() instanceof TimePosition place && place.at() != null) {
      news |= place.at().isAfter(since);
    }
    return taken;
  }

  @Override
  public boolean isNewestFirst() {
    return false;
  }

  /** The next pass begins there, less what replicas may lag behind. */
  @Override
  public @Nullable Instant begunAt() {
    return reader.settledAt();
  }

  @Override
  public boolean hasNews() {
    return news;
  }

  @Override
  public @Nullable SeenVersion seen() {
    return seen;
  }

  /** How many items there are in all is unknown here. */
  @Override
  public Total total() {
    return Total.UNKNOWN;
  }
}
