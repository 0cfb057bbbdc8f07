package dev.backfill.github.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Branches;
import dev.backfill.api.history.PullRequest.Content;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.PullRequest.Identity;
import dev.backfill.api.history.PullRequest.Lifecycle;
import dev.backfill.api.history.PullRequest.State;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Maps GraphQL's pull requests and reviews, so that they equal those of REST.
 *
 * @see <a href="https://docs.github.com/en/graphql/reference/objects#pullrequest">GitHub:
 *     PullRequest</a>
 */
public final class QueriedPullRequests {

  private static final FieldPlan PLAN =
      FieldPlan.of(
          "fullDatabaseId",
          "number",
          "url",
          "title",
          "body",
          "state",
          "isDraft",
          "createdAt",
          "updatedAt",
          "closedAt",
          "mergedAt",
          "headRefName",
          "headRefOid",
          "baseRefName",
          "baseRefOid",
          "author.databaseId",
          "author.login",
          "author.__typename",
          "mergedBy.databaseId",
          "mergedBy.login",
          "mergedBy.__typename",
          "additions",
          "deletions",
          "changedFiles",
          "commits.totalCount",
          "comments.totalCount");

  private static final FieldPlan REVIEW_PLAN =
      FieldPlan.of(
          "fullDatabaseId",
          "state",
          "submittedAt",
          "body",
          "author.databaseId",
          "author.login",
          "author.__typename",
          "commit.oid");

  private QueriedPullRequests() {}

  /**
   * Maps a pull request.
   *
   * @param reviews its reviews, or null if they were not requested
   */
  public static PullRequest read(
      JsonNode node, Repository repository, boolean withDetails, @Nullable List<Review> reviews)
      throws InvalidItemException {
    Values values = Values.of(node, PLAN);
    String body = values.text("body");
    return new PullRequest(
        repository,
        new Identity(
            values.requiredNumber("number"),
            values.requiredBigInteger("fullDatabaseId"),
            values.textOrEmpty("url")),
        new Content(
            values.requiredText("title"),
            // GraphQL does not distinguish an empty text from none.
            body == null || body.isEmpty() ? null : body,
            values.actor("author"),
            state(values.requiredText("state")),
            values.flag("isDraft")),
        new Lifecycle(
            values.requiredTime("createdAt"),
            values.requiredTime("updatedAt"),
            values.time("closedAt"),
            values.time("mergedAt")),
        new Branches(
            values.text("headRefName"),
            values.text("headRefOid"),
            values.requiredText("baseRefName"),
            values.text("baseRefOid")),
        withDetails ? details(values) : null,
        reviews);
  }

  private static State state(String text) throws InvalidItemException {
    return switch (text) {
      case "OPEN" -> State.OPEN;
      case "CLOSED", "MERGED" -> State.CLOSED;
      default -> throw new InvalidItemException("state is neither OPEN nor CLOSED nor MERGED");
    };
  }

  private static Details details(Values values) throws InvalidItemException {
    return new Details(
        values.count("additions"),
        values.count("deletions"),
        values.count("changedFiles"),
        values.count("commits.totalCount"),
        values.count("comments.totalCount"),
        // GraphQL counts threads, not the comments in them.
        null,
        values.actor("mergedBy"));
  }

  /** Maps reviews; fails if one of them is missing or malformed. */
  public static List<Review> reviews(JsonNode nodes, int pullRequestNumber)
      throws InvalidItemException {
    List<Review> reviews = new ArrayList<>();
    for (JsonNode node : nodes) {
      if (!node.isObject()) {
        throw new InvalidItemException("a review is missing");
      }
      Values values = Values.of(node, REVIEW_PLAN);
      reviews.add(
          new Review(
              values.requiredBigInteger("fullDatabaseId"),
              pullRequestNumber,
              values.requiredText("state"),
              values.actor("author"),
              values.time("submittedAt"),
              values.text("body"),
              values.text("commit.oid")));
    }
    return reviews;
  }
}
