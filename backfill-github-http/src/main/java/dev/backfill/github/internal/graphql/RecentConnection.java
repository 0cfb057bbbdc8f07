package dev.backfill.github.internal.graphql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.Answer;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.pull.EdgePosition;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.Position;
import dev.backfill.github.internal.pull.RecentWalker;
import dev.backfill.github.internal.pull.Route;
import dev.backfill.github.internal.pull.SeenVersion;
import dev.backfill.github.internal.pull.Stage;
import dev.backfill.github.internal.pull.Taken;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the pull requests that changed since a time, newest first. Whether any did is asked
 * by REST, where the answer "none" costs nothing.
 */
final class RecentConnection implements RecentWalker<PullRequest> {

  private static final String LATEST = "/pulls?state=all&sort=updated&direction=desc&per_page=1";

  private final OpenRepository repository;
  private final ConnectionWalker walker;
  private final Instant since;
  private final Instant limit;
  private @Nullable SeenVersion seen;
  private @Nullable Instant begunAt;
  private boolean news;
  private boolean atEnd;

  RecentConnection(OpenRepository repository, Set<String> extras, Route.Since from) {
    this.repository = repository;
    this.since = from.time();
    this.limit = since.minus(OVERLAP);
    this.seen = from.seen();
    Stage.Run run = from.run();
    EdgePosition start = ConnectionWalker.start();
    if (run != null && run.position() instanceof EdgePosition edge) {
      begunAt = run.begunAt();
      news = run.news();
      start = edge;
    }
    this.walker =
        new ConnectionWalker(
            repository,
            new PullRequestQuery(repository, PullRequestQuery.Order.LATEST_CHANGE_FIRST, extras),
            start);
  }

  @Override
  public @Nullable Taken<PullRequest> take(Budget budget) throws InterruptedException {
    poll(budget);
    if (atEnd) {
      return null;
    }
    Taken<PullRequest> taken = walker.take(budget);
    PullRequest item = taken == null ? null : taken.item().item();
    boolean old = item != null && item.lifecycle().updatedAt().isBefore(limit);
    if (taken == null || old) {
      atEnd = true;
      walker.close();
      return null;
    }
    news |= item == null || item.lifecycle().updatedAt().isAfter(since);
    return taken;
  }

  private void poll(Budget budget) throws InterruptedException {
    if (begunAt != null || atEnd) {
      return;
    }
    String path = repository.path(LATEST);
    SeenVersion before = seen;
    String etag = before != null && before.path().equals(path) ? before.etag() : null;
    Answer answer = repository.api().getIfChanged(path, etag, budget);
    if (answer.isUnchanged()) {
      atEnd = true;
      return;
    }
    begunAt = answer.serverTime();
    String version = answer.etag();
    seen = version == null ? null : new SeenVersion(path, version);
  }

  @Override
  public void warmUp(Budget budget) throws InterruptedException {
    poll(budget);
    if (!atEnd) {
      walker.warmUp(budget);
    }
  }

  @Override
  public Position position() {
    return walker.position();
  }

  @Override
  public boolean isAtEnd() {
    return atEnd;
  }

  @Override
  public int left() {
    return atEnd ? 0 : walker.left();
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
  public String reading() {
    return walker.reading();
  }

  @Override
  public void defer(BackfillException failure) {
    walker.defer(failure);
  }

  @Override
  public void lookAhead(long reserve) {
    // What is old is not worth fetching, and only the page itself tells how old it is.
  }

  @Override
  public void close() {
    walker.close();
  }
}
