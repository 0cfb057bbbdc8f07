package dev.backfill.cli.run;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.jdbc.JdbcStore;
import org.jspecify.annotations.Nullable;

/**
 * The stores and sinks of a run.
 *
 * @param progress the store of progress
 * @param pullRequests the sink of pull requests
 * @param reviewComments the sink of comments on lines
 * @param issueComments the sink of comments in conversations
 * @param limits the store of limits that processes share, or null to share none
 * @param resource closes the stores
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

  /** Returns stores for a dry run: they count items in memory and write nothing. */
  static RunStores nowhere() {
    return new RunStores(
        new InMemoryStore().progress(),
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
