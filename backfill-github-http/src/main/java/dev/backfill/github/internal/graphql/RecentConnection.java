package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Answer;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.Reserve;
import dev.backfill.github.internal.json.JsonText;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.pull.EdgePosition;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.Position;
import dev.backfill.github.internal.pull.QueryUse;
import dev.backfill.github.internal.pull.RecentWalker;
import dev.backfill.github.internal.pull.RestRoute;
import dev.backfill.github.internal.pull.Route;
import dev.backfill.github.internal.pull.SeenVersion;
import dev.backfill.github.internal.pull.Stage;
import dev.backfill.github.internal.pull.Taken;
import dev.backfill.github.internal.pull.Walker;
import java.io.IOException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the pull requests that changed since a time, newest first. Whether any did is asked
 * by REST, where the answer "none" costs nothing; so is the rest once a query fails on one of them,
 * since only REST then tells how old it is.
 */
final class RecentConnection implements RecentWalker<PullRequest> {

  private static final String LATEST = "/pulls?state=all&sort=updated&direction=desc&per_page=1";

  private final OpenRepository repository;
  private final Listing<PullRequest> listing;
  private final boolean changeable;
  private ConnectionWalker byQueries;
  private final Instant since;
  private final Instant limit;
  private @Nullable SeenVersion seen;
  private @Nullable Instant begunAt;
  private boolean news;
  private boolean atEnd;
  private boolean expectsItems;
  private @Nullable RecentWalker<PullRequest> byRest;

  RecentConnection(
      OpenRepository repository,
      Listing<PullRequest> listing,
      boolean changeable,
      Route.Since from) {
    this.repository = repository;
    this.listing = listing;
    this.changeable = changeable;
    this.since = from.time();
    this.limit = since.minus(OVERLAP);
    this.seen = from.seen();
    Stage.Run run = from.run();
    EdgePosition start = ConnectionWalker.start();
    if (run != null) {
      begunAt = run.begunAt();
      news = run.news();
      if (run.position() instanceof EdgePosition edge) {
        start = edge;
      } else {
        // A session before this one met what queries cannot bring, and its rest may be long.
        byRest = new RestRoute<>(listing).recent(repository, from);
      }
    }
    this.byQueries = walker(start);
  }

  private ConnectionWalker walker(EdgePosition from) {
    return new ConnectionWalker(
        repository,
        new PullRequestQuery(
            repository, PullRequestQuery.Order.LATEST_CHANGE_FIRST, listing.extras()),
        from);
  }

  @Override
  public @Nullable Taken<PullRequest> take(Budget budget) throws InterruptedException {
    poll(budget);
    while (byRest == null && !atEnd) {
      if (repository.queries().isOver()) {
        goOnByRest();
        break;
      }
      Taken<PullRequest> taken;
      try {
        taken = byQueries.take(budget);
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
      if (taken == null && expectsItems) {
        // REST has just listed one; whoever asks again does so after a pause.
        expectsItems = false;
        byQueries.close();
        byQueries = walker(ConnectionWalker.start());
        throw new TransientFailureException(
            "GitHub's answer to a query lacks the pull request that changed last. What is stored is"
                + " kept. It is asked again.",
            null);
      }
      expectsItems = false;
      PullRequest item = taken == null ? null : taken.item().item();
      boolean old = item != null && item.lifecycle().updatedAt().isBefore(limit);
      if (taken == null || old) {
        atEnd = true;
        byQueries.close();
      } else if (item == null) {
        goOnByRest();
      } else {
        news |= item.lifecycle().updatedAt().isAfter(since);
        return taken;
      }
    }
    return byRest == null ? null : byRest.take(budget);
  }

  private void goOnByRest() {
    byQueries.close();
    byRest = new RestRoute<>(listing).recent(repository, new Route.Since(since, null, null));
  }

  private Walker<PullRequest> walker() {
    return byRest == null ? byQueries : byRest;
  }

  private void poll(Budget budget) throws InterruptedException {
    if (begunAt != null || atEnd) {
      return;
    }
    String path = repository.pathByNumber(LATEST);
    SeenVersion before = seen;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    Answer answer = repository.api().getIfChanged(path, etag, budget);
    if (answer.isUnchanged()) {
      atEnd = true;
      return;
    }
    Instant newest = newest(answer, path);
    begunAt = answer.serverTime();
    expectsItems = newest != null && !newest.isBefore(limit);
    seen = SeenVersion.of(path, answer.etag(), newest, answer.serverTime());
  }

  private @Nullable Instant newest(Answer answer, String path) {
    if (answer.isEmpty()) {
      return null;
    }
    try {
      PullRequest item =
          JsonText.readList(answer, PullRequestMapper.ofLists(), repository.current(), path)
              .stream()
              .map(ParsedItem::item)
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null);
      return item == null ? null : item.lifecycle().updatedAt();
    } catch (IOException e) {
      throw repository.api().malformed(path, answer, e);
    }
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
    poll(budget);
    if (byRest == null && !atEnd) {
      warmUpQueries(budget);
    } else if (byRest != null) {
      byRest.warmUp(budget);
    }
  }

  private void warmUpQueries(Budget budget) throws InterruptedException {
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
    goOnByRest();
    walker().warmUp(budget);
  }

  @Override
  public Position position() {
    return walker().position();
  }

  @Override
  public boolean isAtEnd() {
    return byRest == null ? atEnd : byRest.isAtEnd();
  }

  @Override
  public int left() {
    return atEnd ? 0 : walker().left();
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
    return news || (byRest != null && byRest.hasNews());
  }

  @Override
  public @Nullable SeenVersion seen() {
    return byRest == null ? seen : byRest.seen();
  }

  @Override
  public String reading() {
    QueryUse queries = repository.queries();
    return queries.isOver() ? queries.reading() : walker().reading();
  }

  @Override
  public void defer(BackfillException failure) {
    walker().defer(failure);
  }

  @Override
  public void lookAhead(Reserve reserve) {
    // What is old is not worth fetching, and only the page itself tells how old it is.
  }

  @Override
  public void close() {
    walker().close();
  }
}
