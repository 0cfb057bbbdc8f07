package dev.backfill.jdbc.internal.history;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The sinks of the history model. Counts are of the items themselves, not of their context. */
public final class HistorySinks {

  private final Dialect dialect;
  private final Tables tables;

  /** Creates it. */
  public HistorySinks(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
  }

  /** Returns the sink for pull requests; a key is a number. */
  public Sink<PullRequest> pullRequestSink(Sink<PullRequest> writer) {
    return new HistorySink<>(
        tables, HistoryTables.PULL_REQUESTS, "number", HistoryRows::pullRequests, writer, null);
  }

  /** Returns the sink for review comments; a key is GitHub's number. */
  public Sink<ReviewComment> reviewCommentSink(Sink<ReviewComment> writer) {
    return new HistorySink<>(
        tables,
        HistoryTables.REVIEW_COMMENTS,
        "github_id",
        HistoryRows::reviewComments,
        writer,
        new HistorySink.Reported(
            "review_comments", "pull_request_number", "1 = 1", "review comments"));
  }

  /** Returns the sink for issue comments; a key is GitHub's number. */
  public Sink<IssueComment> issueCommentSink(Sink<IssueComment> writer) {
    return new HistorySink<>(
        tables,
        HistoryTables.ISSUE_COMMENTS,
        "github_id",
        HistoryRows::issueComments,
        writer,
        new HistorySink.Reported("comments", "issue_number", "on_pull_request", "comments"));
  }

  /** Writes pull requests with their details and reviews, if they have them. */
  public SinkCounts pullRequests(Connection connection, List<PullRequest> items)
      throws SQLException {
    return write(connection, HistoryRows.pullRequests(items));
  }

  /** Writes review comments. */
  public SinkCounts reviewComments(Connection connection, List<ReviewComment> items)
      throws SQLException {
    return write(connection, HistoryRows.reviewComments(items));
  }

  /** Writes issue comments. */
  public SinkCounts issueComments(Connection connection, List<IssueComment> items)
      throws SQLException {
    return write(connection, HistoryRows.issueComments(items));
  }

  private SinkCounts write(Connection connection, ItemRows rows) throws SQLException {
    ItemRows settled =
        BotLogins.areIn(rows) ? BotLogins.settle(connection, tables, rows).rows() : rows;
    return settled.write(connection, dialect, tables);
  }
}
