package dev.backfill.github.internal.rest;

import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.cursor.TimePosition;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Reads what was updated since a time, in the order of update. */
final class UpdateOrderChanges<T> implements UpdateOrderHistoryReader<T>, RecentReader<T> {

  private final ListEndpoint<T> endpoint;
  private final PageFetcher<T> fetcher;
  private final Instant since;
  private final int smallestPage;
  private final UpdateOrderReader<T> reader;
  private @Nullable ListVersion listVersion;
  private boolean hasChanges;

  UpdateOrderChanges(ListEndpoint<T> endpoint, OpenRepository repository, ReadStrategy.Since from) {
    this.endpoint = endpoint;
    this.fetcher = new PageFetcher<>(repository, endpoint.mapper());
    this.since = from.time();
    this.smallestPage = repository.pages().minRest();
    this.listVersion = from.listVersion();
    ReadStage.Run run = from.run();
    UpdateOrderReader.Range range = new UpdateOrderReader.Range(limit(since), null);
    if (run != null && run.position() instanceof TimePosition place) {
      hasChanges = run.hasChanges();
      reader = new UpdateOrderReader<>(endpoint, repository, range, place, run.begunAt(), null);
    } else {
      // A pass that an earlier release began in another order is started again.
      reader =
          new UpdateOrderReader<>(
              endpoint, repository, range, TimePosition.start(), null, this::firstPage);
    }
  }

  private static Instant limit(Instant since) {
    return since.minus(OVERLAP).truncatedTo(ChronoUnit.SECONDS);
  }

  private @Nullable Page<T> firstPage(String path, RequestBudget budget)
      throws InterruptedException {
    ListVersion before = listVersion;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    PageFetcher.Versioned<T> first = fetcher.fetchIfChanged(path, etag, budget);
    if (first == null) {
      return null;
    }
    listVersion = version(path, first);
    return first.page();
  }

  /** Returns the version of a page that is not full: only then do later changes alter it. */
  private @Nullable ListVersion version(String path, PageFetcher.Versioned<T> first) {
    Page<T> page = first.page();
    boolean mayGrow = page.next() == null && page.items().size() < smallestPage;
    return mayGrow ? ListVersion.of(path, first.etag(), newest(page), page.asOf()) : null;
  }

  private @Nullable Instant newest(Page<T> page) {
    int items = page.items().size();
    return items == 0 ? null : endpoint.updatedAt(page.items().get(items - 1));
  }

  @Override
  public UpdateOrderReader<T> reader() {
    return reader;
  }

  @Override
  public @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    ReadItem<T> item = reader.next(budget);
    if (item != null && item.after() instanceof TimePosition place && place.at() != null) {
      hasChanges |= place.at().isAfter(since);
    }
    return item;
  }

  @Override
  public boolean isNewestFirst() {
    return false;
  }

  /** Returns the start of the next pass, apart from the lag of replicas. */
  @Override
  public @Nullable Instant begunAt() {
    return reader.settledAt();
  }

  @Override
  public boolean hasChanges() {
    return hasChanges;
  }

  @Override
  public @Nullable ListVersion listVersion() {
    return listVersion;
  }

  /** Returns unknown, as the total is not known here. */
  @Override
  public Total total() {
    return Total.UNKNOWN;
  }
}
