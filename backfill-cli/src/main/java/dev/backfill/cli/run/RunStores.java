package dev.backfill.cli.run;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.memory.InMemoryProgressStore;
import dev.backfill.jdbc.JdbcStore;
import org.jspecify.annotations.Nullable;

/**
 * Where a run's progress and items go.
 *
 * @param progress where progress goes
 * @param pullRequests where pull requests go
 * @param reviewComments where comments on lines go
 * @param issueComments where comments in conversations go
 * @param limits where limits are shared with other processes, or null for nowhere
 * @param resource what to close at the end
 */
record RunStores(
    ProgressStore progress,
    Sink<PullRequest> pullRequests,
    Sink<ReviewComment> reviewComments,
    Sink<IssueComment> issueComments,
    @Nullable SharedLimits limits,
    Runnable resource)
    implements AutoCloseable {

  static RunStores database(BackfillSettings settings, int connections) {
    Database database = Database.open(settings, connections);
    JdbcStore store = database.store();
    return new RunStores(
        store.progress(),
        store.pullRequests(),
        store.reviewComments(),
        store.issueComments(),
        store.limits(),
        database::close);
  }

  /** Nowhere: everything is fetched and counted, nothing is written, and the end forgets it. */
  static RunStores nowhere() {
    return new RunStores(
        new InMemoryProgressStore(),
        (items, transaction) -> SinkCounts.NONE,
        (items, transaction) -> SinkCounts.NONE,
        (items, transaction) -> SinkCounts.NONE,
        null,
        () -> {});
  }

  @Override
  public void close() {
    resource.run();
  }
}
