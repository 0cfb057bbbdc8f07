package dev.backfill.benchmarks.endtoend;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.ZoneOffset;
import org.kohsuke.github.GHIssueComment;
import org.kohsuke.github.GHPullRequest;
import org.kohsuke.github.GHPullRequestReview;
import org.kohsuke.github.GHPullRequestReviewComment;

/** Details, reviews and comments, which hub4j reads for one pull request at a time. */
final class Hub4jConversations implements AutoCloseable {

  private static final String REVIEW =
      "INSERT INTO pull_request_reviews (github_id, repository_id, pull_request_number, state,"
          + " body, pull_request_updated_at) VALUES (?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (github_id) DO UPDATE SET state = excluded.state, body = excluded.body";

  private static final String REVIEW_COMMENT =
      "INSERT INTO review_comments (github_id, repository_id, pull_request_number, path, body,"
          + " created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (github_id) DO UPDATE SET body = excluded.body";

  private static final String ISSUE_COMMENT =
      "INSERT INTO issue_comments (github_id, repository_id, issue_number, on_pull_request, body,"
          + " created_at, updated_at) VALUES (?, ?, ?, TRUE, ?, ?, ?)"
          + " ON CONFLICT (github_id) DO UPDATE SET body = excluded.body";

  private final PreparedStatement reviews;
  private final PreparedStatement reviewComments;
  private final PreparedStatement issueComments;

  Hub4jConversations(Connection connection) throws SQLException {
    reviews = connection.prepareStatement(REVIEW);
    reviewComments = connection.prepareStatement(REVIEW_COMMENT);
    issueComments = connection.prepareStatement(ISSUE_COMMENT);
  }

  /** Reads the parts of a pull request and writes them to the database, in one batch each. */
  void read(long repository, GHPullRequest item) throws IOException, SQLException {
    item.refresh();
    for (GHPullRequestReview review : item.listReviews().withPageSize(100)) {
      reviews.setLong(1, review.getId());
      reviews.setLong(2, repository);
      reviews.setInt(3, item.getNumber());
      reviews.setString(4, String.valueOf(review.getState()));
      reviews.setString(5, review.getBody());
      reviews.setObject(6, item.getUpdatedAt().atOffset(ZoneOffset.UTC));
      reviews.addBatch();
    }
    reviews.executeBatch();
    for (GHPullRequestReviewComment comment : item.listReviewComments().withPageSize(100)) {
      reviewComments.setLong(1, comment.getId());
      reviewComments.setLong(2, repository);
      reviewComments.setInt(3, item.getNumber());
      reviewComments.setString(4, comment.getPath());
      reviewComments.setString(5, comment.getBody());
      reviewComments.setObject(6, comment.getCreatedAt().atOffset(ZoneOffset.UTC));
      reviewComments.setObject(7, comment.getUpdatedAt().atOffset(ZoneOffset.UTC));
      reviewComments.addBatch();
    }
    reviewComments.executeBatch();
    for (GHIssueComment comment : item.queryComments().list().withPageSize(100)) {
      issueComments.setLong(1, comment.getId());
      issueComments.setLong(2, repository);
      issueComments.setInt(3, item.getNumber());
      issueComments.setString(4, comment.getBody());
      issueComments.setObject(5, comment.getCreatedAt().atOffset(ZoneOffset.UTC));
      issueComments.setObject(6, comment.getUpdatedAt().atOffset(ZoneOffset.UTC));
      issueComments.addBatch();
    }
    issueComments.executeBatch();
  }

  @Override
  public void close() throws SQLException {
    reviews.close();
    reviewComments.close();
    issueComments.close();
  }
}
