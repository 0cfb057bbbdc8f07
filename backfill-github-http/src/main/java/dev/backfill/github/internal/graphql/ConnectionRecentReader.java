package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.api.Response;
import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.read.ItemReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.QueryUse;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.rest.RestStrategy;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A reader of the pull requests that changed since a time, newest first. REST checks if any did,
 * since its response "none" is free. If a query fails on an item, REST reads the rest too, since
 * only REST then returns the item's age.
 */
final class ConnectionRecentReader implements RecentReader<PullRequest> {

  private static final String LATEST = "/pulls?state=all&sort=updated&direction=desc&per_page=1";

  private final OpenRepository repository;
  private final ListEndpoint<PullRequest> endpoint;
  private final boolean changeable;
  private ConnectionHistoryReader byQueries;
  private final Instant since;
  private final Instant limit;
  private @Nullable ListVersion listVersion;
  private @Nullable Instant begunAt;
  private boolean hasChanges;
  private boolean atEnd;
  private boolean expectsItems;
  private @Nullable RecentReader<PullRequest> byRest;

  ConnectionRecentReader(
      OpenRepository repository,
      ListEndpoint<PullRequest> endpoint,
      boolean changeable,
      ReadStrategy.Since from) {
    this.repository = repository;
    this.endpoint = endpoint;
    this.changeable = changeable;
    this.since = from.time();
    this.limit = since.minus(OVERLAP);
    this.listVersion = from.listVersion();
    ReadStage.Run run = from.run();
    EdgePosition start = ConnectionHistoryReader.start();
    if (run != null) {
      begunAt = run.begunAt();
      hasChanges = run.hasChanges();
      if (run.position() instanceof EdgePosition edge) {
        start = edge;
      } else {
        // An earlier session met an item that queries cannot read, and its rest may be long.
        byRest = new RestStrategy<>(endpoint).recent(repository, from);
      }
    }
    this.byQueries = reader(start);
  }

  private ConnectionHistoryReader reader(EdgePosition from) {
    return new ConnectionHistoryReader(
        repository,
        new PullRequestQuery(
            repository, PullRequestQuery.Order.LATEST_CHANGE_FIRST, endpoint.extras()),
        from);
  }

  @Override
  public @Nullable ReadItem<PullRequest> next(RequestBudget budget) throws InterruptedException {
    poll(budget);
    while (byRest == null && !atEnd) {
      if (repository.queries().isOver()) {
        continueByRest();
        break;
      }
      ReadItem<PullRequest> next;
      try {
        next = byQueries.next(budget);
        repository.queries().worked();
      } catch (PermanentFailureException e) {
        if (!changeable) {
          throw repository.queries().insisted(e);
        }
        repository.queries().mayPass(e);
        continue;
      } catch (TransientFailureException e) {
        if (!changeable) {
          throw repository.queries().insisted(e);
        }
        if (repository.queries().mayPass(e, budget)) {
          throw e;
        }
        continue;
      }
      if (next == null && expectsItems) {
        // REST has just listed one; the caller retries after a pause.
        expectsItems = false;
        byQueries.close();
        byQueries = reader(ConnectionHistoryReader.start());
        throw new TransientFailureException(
            "GitHub's response to a query lacks the pull request that changed last. Stored items"
                + " stay. It is requested again.",
            null);
      }
      expectsItems = false;
      PullRequest item = next == null ? null : next.item().item();
      boolean old = item != null && item.updatedAt().isBefore(limit);
      if (next == null || old) {
        atEnd = true;
        byQueries.close();
      } else if (item == null) {
        continueByRest();
      } else {
        hasChanges |= item.updatedAt().isAfter(since);
        return next;
      }
    }
    return byRest == null ? null : byRest.next(budget);
  }

  private void continueByRest() {
    byQueries.close();
    byRest =
        new RestStrategy<>(endpoint).recent(repository, new ReadStrategy.Since(since, null, null));
  }

  private ItemReader<PullRequest> reader() {
    return byRest == null ? byQueries : byRest;
  }

  private void poll(RequestBudget budget) throws InterruptedException {
    if (begunAt != null || atEnd) {
      return;
    }
    String path = repository.pathByNumber(LATEST);
    ListVersion before = listVersion;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    Response response = repository.api().getIfChanged(path, etag, budget);
    if (response.isUnchanged()) {
      atEnd = true;
      return;
    }
    Instant newest = newest(response, path);
    begunAt = response.serverTime();
    expectsItems = newest != null && !newest.isBefore(limit);
    listVersion = ListVersion.of(path, response.etag(), newest, response.serverTime());
  }

  private @Nullable Instant newest(Response response, String path) {
    if (response.isEmpty()) {
      return null;
    }
    try {
      PullRequest item =
          JsonText.readList(response, PullRequestMapper.ofLists(), repository.current(), path)
              .stream()
              .map(ParsedItem::item)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      return item == null ? null : item.updatedAt();
    } catch (IOException e) {
      throw repository.api().malformed(path, response, e);
    }
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
    poll(budget);
    if (byRest == null && !atEnd) {
      warmUpQueries(budget);
    } else if (byRest != null) {
      byRest.warmUp(budget);
    }
  }

  private void warmUpQueries(RequestBudget budget) throws InterruptedException {
    QueryUse queries = repository.queries();
    while (!queries.isOver()) {
      try {
        byQueries.warmUp(budget);
        return;
      } catch (PermanentFailureException e) {
        if (!changeable) {
          throw queries.insisted(e);
        }
        queries.mayPass(e);
      } catch (TransientFailureException e) {
        if (!changeable) {
          throw queries.insisted(e);
        }
        if (queries.mayPass(e, budget)) {
          throw e;
        }
      }
    }
    continueByRest();
    reader().warmUp(budget);
  }

  @Override
  public Position position() {
    return reader().position();
  }

  @Override
  public boolean isAtEnd() {
    return byRest == null ? atEnd : byRest.isAtEnd();
  }

  @Override
  public int buffered() {
    return atEnd ? 0 : reader().buffered();
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
    return hasChanges || (byRest != null && byRest.hasChanges());
  }

  @Override
  public @Nullable ListVersion listVersion() {
    return byRest == null ? listVersion : byRest.listVersion();
  }

  @Override
  public String readMode() {
    QueryUse queries = repository.queries();
    return queries.isOver() ? queries.readMode() : reader().readMode();
  }

  @Override
  public void defer(BackfillException failure) {
    reader().defer(failure);
  }

  @Override
  public void prefetch(Reserve reserve) {
    // Old pages are not worth fetching, and only the page itself shows its age.
  }

  @Override
  public void close() {
    reader().close();
  }
}
