package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.OverlappingPages.Place;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a list that is sorted by change, newest first, back to a time. Items that change meanwhile
 * move to the front, and are read twice or the next time. Deletions move items to pages that were
 * read before; pages overlap, so that nothing is skipped.
 */
final class PagedRecentReader<T> implements RecentReader<T> {

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final OverlappingPages<T> pages;
  private final Instant since;
  private final Instant limit;

  private @Nullable ListVersion listVersion;
  private @Nullable Instant begunAt;
  private boolean hasChanges;
  private PagePosition position;
  private @Nullable Instant reached;
  private @Nullable Long anchor;
  private @Nullable Page<T> page;
  private int index;
  private boolean atEnd;
  private boolean cutOff;
  private boolean looked;

  PagedRecentReader(ListEndpoint<T> endpoint, OpenRepository repository, ReadStrategy.Since from) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, endpoint.mapper());
    this.pages =
        new OverlappingPages<>(
            (before, path, budget) ->
                before == null
                    ? fetcher.fetch(path, budget)
                    : fetcher.fetchAfter(before, path, budget),
            repository.pages());
    this.since = from.time();
    this.limit = since.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
    this.listVersion = from.listVersion();
    ReadStage.Run run = from.run();
    if (run != null && run.position() instanceof PagePosition place) {
      begunAt = run.begunAt();
      hasChanges = run.hasChanges();
      position = place;
      reached = place.changedAt();
    } else {
      position =
          PagePosition.firstOf(
              repository.pathByNumber(endpoint.newestFirst(limit, repository.pages().rest())));
    }
  }

  @Override
  public @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    warmUp(budget);
    Page<T> current = page;
    while (current != null && index >= current.items().size()) {
      Place<T> place = next(current, budget);
      if (place == null) {
        lookBehindEnd(current, budget);
        atEnd = true;
        return null;
      }
      enter(place);
      current = page;
    }
    if (current == null) {
      return null;
    }
    ParsedItem<T> item = current.items().get(index++);
    anchor = item.id() == null ? anchor : item.id();
    Instant changedAt = changedAt(item);
    if (changedAt != null) {
      reached = changedAt;
      hasChanges |= changedAt.isAfter(since);
    }
    position = new PagePosition(current.path(), index, item.id(), reached);
    atEnd = index >= current.items().size() && current.next() == null;
    return new ReadItem<>(
        item,
        position,
        current.bytesPerItem(),
        () -> endpoint.enrichments().begin(item, repository));
  }

  private @Nullable Place<T> next(Page<T> current, RequestBudget budget)
      throws InterruptedException {
    String next = current.next();
    boolean nameless = anchor == null && reached == null;
    return nameless && next != null
        ? new Place<>(fetcher.fetchAfter(current, next, budget), 0)
        : pages.after(current, this::done, budget);
  }

  /**
   * Fetches the page behind a whole last page, which may be GitHub's page cap: a cap answers 422.
   */
  private void lookBehindEnd(Page<T> last, RequestBudget budget) throws InterruptedException {
    Long number = Page.number(last.path());
    int size = repository.pages().rest();
    long end = Page.start(last.path()) + last.items().size();
    if (looked || cutOff || number == null || number < 2 || end % size != 0) {
      return;
    }
    String first = repository.pathByNumber(endpoint.newestFirst(limit, size));
    fetcher.fetch(first + "&page=" + (end / size + 1), budget);
    looked = true;
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
    if (page != null || atEnd) {
      return;
    }
    if (begunAt != null) {
      resume(budget);
      return;
    }
    String path = position.page();
    ListVersion before = listVersion;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    PageFetcher.Versioned<T> first = fetcher.firstIfChanged(path, etag, budget);
    if (first == null) {
      atEnd = true;
      return;
    }
    begunAt = first.page().asOf();
    page = trimmed(first.page());
    listVersion = ListVersion.of(path, first.etag(), newest(page), begunAt);
    index = 0;
    atEnd = page.items().isEmpty() && page.next() == null;
  }

  /**
   * Finds the position again: changes meanwhile move other items to later pages, deletions move
   * them to earlier ones.
   */
  private void resume(RequestBudget budget) throws InterruptedException {
    if (position.anchor() == null) {
      // It cannot be found, and a search from an earlier page would end here again and again.
      enter(new Place<>(fetcher.fetch(position.page(), budget), position.offset()));
      return;
    }
    anchor = position.anchor();
    enter(pages.find(position.page(), this::done, budget));
  }

  private void enter(Place<T> place) {
    page = trimmed(place.page());
    index = Math.min(place.index(), page.items().size());
  }

  /** Returns the number of items of a page that are done; 0 if some may be in front of it. */
  private int done(Page<T> candidate) {
    Long known = anchor;
    int found = known == null ? -1 : candidate.indexOf(known);
    Instant until = reached;
    if (until == null) {
      // In the form of an earlier release.
      return found + 1;
    }
    Instant anchored = found < 0 ? null : changedAt(candidate.items().get(found));
    if (found >= 0 && (anchored == null || anchored.equals(until))) {
      return found + 1;
    }
    // Newer items are done, or have changed again and come in the next pass.
    int next = 0;
    for (ParsedItem<T> item : candidate.items()) {
      Instant changedAt = changedAt(item);
      if (changedAt == null || !changedAt.isAfter(until)) {
        break;
      }
      next++;
    }
    return next;
  }

  private @Nullable Instant changedAt(ParsedItem<T> item) {
    T value = item.item();
    return value == null ? null : endpoint.timesOf(value).updatedAt();
  }

  private @Nullable Instant newest(Page<T> first) {
    return first.items().isEmpty() ? null : changedAt(first.items().get(0));
  }

  /** Removes the items older than the time to read back to. */
  private Page<T> trimmed(Page<T> whole) {
    List<ParsedItem<T>> items = whole.items();
    for (int i = 0; i < items.size(); i++) {
      Instant changedAt = changedAt(items.get(i));
      if (changedAt != null && changedAt.isBefore(limit)) {
        cutOff = true;
        return new Page<>(
            whole.path(),
            items.subList(0, i),
            Page.Neighbours.NONE,
            i * whole.bytesPerItem(),
            whole.asOf(),
            null);
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
  public int buffered() {
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
  public boolean hasChanges() {
    return hasChanges;
  }

  @Override
  public @Nullable ListVersion listVersion() {
    return listVersion;
  }

  @Override
  public void defer(BackfillException failure) {
    // The next request meets the failure itself; these lists are short.
  }

  @Override
  public void prefetch(Reserve reserve) {
    // These lists are short.
  }

  @Override
  public void close() {
    // Nothing is under way between two calls.
  }
}
