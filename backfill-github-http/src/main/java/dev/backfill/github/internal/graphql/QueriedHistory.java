package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.Reserve;
import dev.backfill.github.internal.pull.Baseline;
import dev.backfill.github.internal.pull.EdgePosition;
import dev.backfill.github.internal.pull.EdgePosition.Reached;
import dev.backfill.github.internal.pull.HistoryWalker;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.QueryUse;
import dev.backfill.github.internal.pull.RestContinuation;
import dev.backfill.github.internal.pull.Taken;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Goes through pull requests by queries, and by REST for the rest of the session once queries are
 * of no use. The place says both where queries would go on and which item was the last one, so that
 * a later session asks queries again, and no item is lost or read for nothing.
 */
final class QueriedHistory implements HistoryWalker<PullRequest> {

  private final boolean changeable;
  private final QueryUse queries;
  private final RestContinuation<PullRequest> continuation;
  private final ConnectionWalker byQueries;
  private final @Nullable Reached skipped;

  private @Nullable Reached reached;
  private @Nullable HistoryWalker<PullRequest> byRest;
  private @Nullable EdgePosition edge;

  QueriedHistory(
      OpenRepository repository,
      Listing<PullRequest> listing,
      boolean changeable,
      EdgePosition from) {
    this.changeable = changeable;
    this.queries = repository.queries();
    this.continuation = new RestContinuation<>(repository, listing);
    this.byQueries =
        new ConnectionWalker(
            repository,
            new PullRequestQuery(repository, PullRequestQuery.Order.OLDEST_FIRST, listing.extras()),
            from);
    this.reached = from.reached();
    this.skipped = reached != null && reached.byRest() ? reached : null;
    this.edge = skipped == null ? null : from;
  }

  @Override
  public @Nullable Taken<PullRequest> take(Budget budget) throws InterruptedException {
    Reached before = reached;
    while (true) {
      Taken<PullRequest> taken = next(budget);
      if (taken == null) {
        return null;
      }
      boolean rest = byRest != null;
      if (continuation.isDone(taken.item(), rest ? before : skipped)) {
        continue;
      }
      reached = continuation.after(taken.item(), reached, rest);
      if (!rest) {
        edge = null;
      }
      return new Taken<>(taken.item(), position(), taken.bytes(), taken.completion(), taken.key());
    }
  }

  /** The next item of what is read at the moment. */
  private @Nullable Taken<PullRequest> next(Budget budget) throws InterruptedException {
    while (!queries.isOver()) {
      try {
        Taken<PullRequest> taken = byQueries.take(budget);
        queries.worked();
        return taken;
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
    return rest(budget).take(budget);
  }

  private HistoryWalker<PullRequest> rest(Budget budget) throws InterruptedException {
    HistoryWalker<PullRequest> walker = byRest;
    if (walker == null) {
      if (edge == null) {
        edge = byQueries.position();
      }
      byQueries.close();
      walker = continuation.behind(reached, budget);
      byRest = walker;
    }
    return walker;
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
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
    rest(budget).warmUp(budget);
  }

  @Override
  public EdgePosition position() {
    EdgePosition place = edge == null ? byQueries.position() : edge;
    return new EdgePosition(place.after(), place.pageSize(), place.patience(), reached);
  }

  @Override
  public @Nullable Instant asOf() {
    return byRest == null ? byQueries.asOf() : byRest.asOf();
  }

  @Override
  public @Nullable Baseline baseline() {
    return byRest == null ? byQueries.baseline() : byRest.baseline();
  }

  @Override
  public boolean isAtEnd() {
    return byRest == null ? !queries.isOver() && byQueries.isAtEnd() : byRest.isAtEnd();
  }

  @Override
  public int left() {
    return byRest == null ? queries.isOver() ? 0 : byQueries.left() : byRest.left();
  }

  @Override
  public Total total() {
    return byRest == null ? byQueries.total() : byRest.total();
  }

  @Override
  public String reading() {
    return queries.isOver() ? queries.reading() : byQueries.reading();
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
  public void lookAhead(Reserve reserve) {
    if (byRest != null) {
      byRest.lookAhead(reserve);
    } else if (!queries.isOver()) {
      byQueries.lookAhead(reserve);
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
