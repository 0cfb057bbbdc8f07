package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.EdgePosition.Reached;
import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.QueryUse;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.rest.RestContinuation;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A reader of pull requests by queries, and by REST for the rest of the session once queries turn
 * out to be of no use. Its position contains the edge where queries would continue and the last
 * item. So a later session uses queries again, and no item is lost or read for nothing.
 */
final class QueriedHistory implements HistoryReader<PullRequest> {

  private final boolean changeable;
  private final QueryUse queries;
  private final RestContinuation<PullRequest> continuation;
  private final ConnectionHistoryReader byQueries;
  private final @Nullable Reached skipped;

  private @Nullable Reached reached;
  private @Nullable HistoryReader<PullRequest> byRest;
  private @Nullable EdgePosition edge;

  QueriedHistory(
      OpenRepository repository,
      ListEndpoint<PullRequest> endpoint,
      boolean changeable,
      EdgePosition from) {
    this.changeable = changeable;
    this.queries = repository.queries();
    this.continuation = new RestContinuation<>(repository, endpoint);
    this.byQueries =
        new ConnectionHistoryReader(
            repository,
            new PullRequestQuery(
                repository, PullRequestQuery.Order.OLDEST_FIRST, endpoint.extras()),
            from);
    this.reached = from.reached();
    this.skipped = reached != null && reached.byRest() ? reached : null;
    this.edge = skipped == null ? null : from;
  }

  @Override
  public @Nullable ReadItem<PullRequest> next(RequestBudget budget) throws InterruptedException {
    Reached before = reached;
    while (true) {
      ReadItem<PullRequest> next = readNext(budget);
      if (next == null) {
        return null;
      }
      boolean rest = byRest != null;
      if (continuation.isDone(next.item(), rest ? before : skipped)) {
        continue;
      }
      reached = continuation.after(next.item(), reached, rest);
      if (!rest) {
        edge = null;
      }
      return new ReadItem<>(next.item(), position(), next.bytes(), next.enrichment(), next.key());
    }
  }

  /** Returns the next item of the present reader. */
  private @Nullable ReadItem<PullRequest> readNext(RequestBudget budget)
      throws InterruptedException {
    while (!queries.isOver()) {
      try {
        ReadItem<PullRequest> item = byQueries.next(budget);
        queries.worked();
        return item;
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
    return restReader(budget).next(budget);
  }

  private HistoryReader<PullRequest> restReader(RequestBudget budget) throws InterruptedException {
    HistoryReader<PullRequest> reader = byRest;
    if (reader == null) {
      if (edge == null) {
        edge = byQueries.position();
      }
      byQueries.close();
      reader = continuation.behind(reached, budget);
      byRest = reader;
    }
    return reader;
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
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
    restReader(budget).warmUp(budget);
  }

  @Override
  public EdgePosition position() {
    EdgePosition place = edge == null ? byQueries.position() : edge;
    return new EdgePosition(place.after(), place.pageSize(), place.growAfter(), reached);
  }

  @Override
  public @Nullable Instant asOf() {
    return byRest == null ? byQueries.asOf() : byRest.asOf();
  }

  @Override
  public @Nullable ItemCountBaseline baseline() {
    return byRest == null ? byQueries.baseline() : byRest.baseline();
  }

  @Override
  public boolean isAtEnd() {
    return byRest == null ? !queries.isOver() && byQueries.isAtEnd() : byRest.isAtEnd();
  }

  @Override
  public int buffered() {
    return byRest == null ? queries.isOver() ? 0 : byQueries.buffered() : byRest.buffered();
  }

  @Override
  public Total total() {
    return byRest == null ? byQueries.total() : byRest.total();
  }

  @Override
  public String readMode() {
    return queries.isOver() ? queries.readMode() : byQueries.readMode();
  }

  @Override
  public void defer(BackfillException failure) {
    if (byRest != null) {
      byRest.defer(failure);
    } else {
      byQueries.defer(failure);
    }
  }

  @Override
  public void prefetch(Reserve reserve) {
    if (byRest != null) {
      byRest.prefetch(reserve);
    } else if (!queries.isOver()) {
      byQueries.prefetch(reserve);
    }
  }

  @Override
  public void close() {
    byQueries.close();
    if (byRest != null) {
      byRest.close();
    }
  }
}
