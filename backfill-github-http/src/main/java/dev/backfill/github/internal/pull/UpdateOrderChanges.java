package dev.backfill.github.internal.pull;

import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads what was updated since a time, in the order of update. */
final class UpdateOrderChanges<T> extends UpdateOrderWalker<T> implements RecentWalker<T> {

  private final Instant since;
  private @Nullable SeenVersion seen;
  private @Nullable Instant begunAt;
  private boolean nearEnd;
  private boolean news;
  private boolean begun;

  UpdateOrderChanges(Listing<T> listing, OpenRepository repository, Route.Since from) {
    super(listing, repository, limit(from.time()), null, place(from));
    this.since = from.time();
    this.seen = from.seen();
    Stage.Run run = from.run();
    if (run != null && run.position() instanceof TimePosition) {
      begun = true;
      begunAt = run.begunAt();
      nearEnd = true;
      news = run.news();
    }
  }

  private static Instant limit(Instant since) {
    return since.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
  }

  /** A pass that an earlier release has begun in another order is begun again. */
  private static TimePosition place(Route.Since from) {
    Stage.Run run = from.run();
    return run != null && run.position() instanceof TimePosition place
        ? place
        : TimePosition.start();
  }

  @Override
  @Nullable Page<T> first(String path, Budget budget) throws InterruptedException {
    if (begun) {
      return super.first(path, budget);
    }
    SeenVersion before = seen;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    PageFetcher.Versioned<T> first = fetcher().fetchIfChanged(path, etag, budget);
    begun = true;
    if (first == null) {
      return null;
    }
    seen = version(path, first);
    return first.page();
  }

  /** What comes later changes a page only where that is not full. */
  private @Nullable SeenVersion version(String path, PageFetcher.Versioned<T> first) {
    Page<T> page = first.page();
    boolean mayGrow = page.next() == null && page.items().size() < AdaptivePageSize.SMALLEST;
    return mayGrow ? SeenVersion.of(path, first.etag(), newest(page), page.asOf()) : null;
  }

  private @Nullable Instant newest(Page<T> page) {
    int items = page.items().size();
    return items == 0 ? null : listing().updatedAt(page.items().get(items - 1));
  }

  /** What is new before the end of the list is known for sure: replicas may lag behind it. */
  @Override
  void arrived(Page<T> page, boolean isNearEnd) {
    if (!nearEnd) {
      begunAt = page.asOf();
      nearEnd = isNearEnd;
    }
  }

  @Override
  void passed(Instant updatedAt) {
    news |= updatedAt.isAfter(since);
  }

  @Override
  public boolean isNewestFirst() {
    return false;
  }

  @Override
  public @Nullable Instant begunAt() {
    return begunAt;
  }

  @Override
  public boolean hasNews() {
    return news;
  }

  @Override
  public @Nullable SeenVersion seen() {
    return seen;
  }

  @Override
  public Total total() {
    return Total.UNKNOWN;
  }
}
