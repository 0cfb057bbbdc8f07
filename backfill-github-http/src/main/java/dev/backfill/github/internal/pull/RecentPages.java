package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a list that is sorted by change, newest first, back to a time. What changes
 * meanwhile moves to the front: it is read twice or the next time, and nothing is skipped.
 */
final class RecentPages<T> implements RecentWalker<T> {

  private final Listing<T> listing;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final Instant since;
  private final Instant limit;

  private @Nullable SeenVersion seen;
  private @Nullable Instant begunAt;
  private boolean news;
  private PagePosition position;
  private @Nullable Page<T> page;
  private int index;
  private boolean atEnd;

  RecentPages(Listing<T> listing, OpenRepository repository, Route.Since from) {
    this.listing = listing;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, listing.mapper());
    this.since = from.time();
    this.limit = since.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
    this.seen = from.seen();
    Stage.Run run = from.run();
    if (run != null && run.position() instanceof PagePosition place) {
      begunAt = run.begunAt();
      news = run.news();
      position = place;
    } else {
      position = new PagePosition(repository.path(listing.newestFirst(limit)), 0, null);
    }
  }

  @Override
  public @Nullable Taken<T> take(Budget budget) throws InterruptedException {
    warmUp(budget);
    Page<T> current = page;
    while (current != null && index >= current.items().size()) {
      String next = current.next();
      if (next == null) {
        atEnd = true;
        return null;
      }
      current = trimmed(fetcher.fetch(next, budget));
      page = current;
      index = 0;
    }
    if (current == null) {
      return null;
    }
    ParsedItem<T> item = current.items().get(index++);
    position = new PagePosition(current.path(), index, item.id());
    T value = item.item();
    news |= value != null && listing.updatedAt().apply(value).isAfter(since);
    atEnd = index >= current.items().size() && current.next() == null;
    return new Taken<>(
        item, position, current.bytesPerItem(), () -> listing.completing().begin(item, repository));
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
    if (page != null || atEnd) {
      return;
    }
    if (begunAt != null) {
      page = trimmed(fetcher.fetch(position.page(), budget));
      Long anchor = position.anchor();
      // What changed moves the others back, what was deleted forward: an item twice does no harm.
      index = anchor == null ? 0 : page.indexOf(anchor) + 1;
      return;
    }
    String path = position.page();
    SeenVersion before = seen;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    PageFetcher.Dated<T> dated = fetcher.fetchIfChanged(path, etag, budget);
    if (dated == null) {
      atEnd = true;
      return;
    }
    begunAt = dated.serverTime();
    page = trimmed(dated.page());
    seen = SeenVersion.of(path, dated.etag(), newest(page), dated.serverTime());
    index = 0;
    atEnd = page.items().isEmpty() && page.next() == null;
  }

  private @Nullable Instant newest(Page<T> first) {
    T item = first.items().isEmpty() ? null : first.items().get(0).item();
    return item == null ? null : listing.updatedAt().apply(item);
  }

  /** Cuts off what is older than the time to go back to. */
  private Page<T> trimmed(Page<T> whole) {
    List<ParsedItem<T>> items = whole.items();
    for (int i = 0; i < items.size(); i++) {
      T value = items.get(i).item();
      if (value != null && listing.updatedAt().apply(value).isBefore(limit)) {
        return new Page<>(
            whole.path(), items.subList(0, i), null, null, null, false, i * whole.bytesPerItem());
      }
    }
    return whole;
  }

  @Override
  public Position position() {
    return position;
  }

  @Override
  public boolean isAtEnd() {
    return atEnd;
  }

  @Override
  public int left() {
    return page == null ? 0 : page.items().size() - index;
  }

  @Override
  public Total total() {
    return Total.UNKNOWN;
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
  public void defer(BackfillException failure) {
    // The next request finds out itself; these lists are short.
  }

  @Override
  public void lookAhead(long reserve) {
    // These lists are short.
  }

  @Override
  public void close() {
    // Nothing is under way between two calls.
  }
}
