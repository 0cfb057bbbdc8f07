package dev.backfill.jdbc.internal.history;

import static dev.backfill.jdbc.internal.history.HistoryWriter.id;
import static dev.backfill.jdbc.internal.history.HistoryWriter.login;
import static dev.backfill.jdbc.internal.history.HistoryWriter.row;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes the history model. Counts are of the items themselves, not of what comes with them. */
public final class HistorySinks {

  private final HistoryWriter writer;
  private final Tables tables;

  /** Creates it. */
  public HistorySinks(Dialect dialect, Tables tables) {
    this.writer = new HistoryWriter(dialect, tables);
    this.tables = tables;
  }

  /** What writes pull requests also says which are stored; a key is a number. */
  public Sink<PullRequest> pullRequestSink(Sink<PullRequest> writer) {
    return new HistorySink<>(tables, HistoryTables.PULL_REQUESTS, "number", writer);
  }

  /** The same for review comments; a key is GitHub's number. */
  public Sink<ReviewComment> reviewCommentSink(Sink<ReviewComment> writer) {
    return new HistorySink<>(tables, HistoryTables.REVIEW_COMMENTS, "github_id", writer);
  }

  /** The same for issue comments; a key is GitHub's number. */
  public Sink<IssueComment> issueCommentSink(Sink<IssueComment> writer) {
    return new HistorySink<>(tables, HistoryTables.ISSUE_COMMENTS, "github_id", writer);
  }

  /** Writes pull requests with their details and reviews, where they have them. */
  public SinkCounts pullRequests(Connection connection, List<PullRequest> items)
      throws SQLException {
    List<@Nullable Object[]> pullRequests = new ArrayList<>();
    List<@Nullable Object[]> reviews = new ArrayList<>();
    for (PullRequest item : items) {
      pullRequests.add(pullRequest(item));
      if (item.reviews() != null) {
        item.reviews().forEach(review -> reviews.add(review(item, review)));
      }
    }
    writer.writeContext(
        connection,
        items.stream().flatMap(HistorySinks::accounts),
        items.stream().map(PullRequest::repository));
    SinkCounts counts = writer.write(connection, HistoryTables.PULL_REQUESTS, pullRequests);
    writer.write(connection, HistoryTables.REVIEWS, reviews);
    return counts;
  }

  /** Writes review comments. */
  public SinkCounts reviewComments(Connection connection, List<ReviewComment> items)
      throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    items.forEach(item -> rows.add(reviewComment(item)));
    writer.writeContext(
        connection,
        items.stream().map(ReviewComment::author),
        items.stream().map(ReviewComment::repository));
    return writer.write(connection, HistoryTables.REVIEW_COMMENTS, rows);
  }

  /** Writes issue comments. */
  public SinkCounts issueComments(Connection connection, List<IssueComment> items)
      throws SQLException {
    List<@Nullable Object[]> rows = new ArrayList<>();
    items.forEach(item -> rows.add(issueComment(item)));
    writer.writeContext(
        connection,
        items.stream().map(IssueComment::author),
        items.stream().map(IssueComment::repository));
    return writer.write(connection, HistoryTables.ISSUE_COMMENTS, rows);
  }

  private static Stream<@Nullable Account> accounts(PullRequest item) {
    PullRequest.Details details = item.details();
    List<Review> reviews = item.reviews();
    return Stream.of(
            Stream.of(item.content().author()),
            details == null ? Stream.<Account>empty() : Stream.of(details.mergedBy()),
            reviews == null ? Stream.<Account>empty() : reviews.stream().map(Review::author))
        .flatMap(accounts -> accounts);
  }

  private static @Nullable Object[] pullRequest(PullRequest item) {
    PullRequest.Details details = item.details();
    return row(
        item.repository().id(),
        item.identity().number(),
        item.identity().githubId(),
        item.content().title(),
        item.content().body(),
        item.content().state().name().toLowerCase(Locale.ROOT),
        item.content().draft(),
        item.merged(),
        id(item.content().author()),
        login(item.content().author()),
        item.lifecycle().createdAt(),
        item.lifecycle().updatedAt(),
        item.lifecycle().mergedAt(),
        item.lifecycle().closedAt(),
        details == null ? null : details.additions(),
        details == null ? null : details.deletions(),
        details == null ? null : details.changedFiles(),
        details == null ? null : details.commits(),
        details == null ? null : details.comments(),
        details == null ? null : details.reviewComments(),
        details == null ? null : id(details.mergedBy()),
        details == null ? null : login(details.mergedBy()),
        item.branches().headRef(),
        item.branches().headSha(),
        item.branches().baseRef(),
        item.branches().baseSha(),
        item.identity().htmlUrl());
  }

  private static @Nullable Object[] review(PullRequest parent, Review review) {
    return row(
        review.githubId(),
        parent.repository().id(),
        review.pullRequestNumber(),
        review.state(),
        id(review.author()),
        login(review.author()),
        review.submittedAt(),
        review.body(),
        review.commitId(),
        parent.lifecycle().updatedAt());
  }

  private static @Nullable Object[] reviewComment(ReviewComment item) {
    return row(
        item.githubId(),
        item.repository().id(),
        item.pullRequestNumber(),
        item.thread().reviewId(),
        item.thread().path(),
        item.body(),
        id(item.author()),
        login(item.author()),
        item.timestamps().createdAt(),
        item.timestamps().updatedAt(),
        item.thread().inReplyToId());
  }

  private static @Nullable Object[] issueComment(IssueComment item) {
    return row(
        item.githubId(),
        item.repository().id(),
        item.issueNumber(),
        item.onPullRequest(),
        item.body(),
        id(item.author()),
        login(item.author()),
        item.timestamps().createdAt(),
        item.timestamps().updatedAt());
  }
}
