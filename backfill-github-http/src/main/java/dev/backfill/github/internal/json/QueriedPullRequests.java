package dev.backfill.github.internal.json;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
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
    return PullRequest.builder()
        .repository(repository)
        .number(values.requiredNumber("number"))
        .githubId(values.requiredBigInteger("fullDatabaseId"))
        .htmlUrl(values.textOrEmpty("url"))
        .title(
            values.requiredText("title")) // GraphQL does not distinguish an empty text from none.
        .body(body == null || body.isEmpty() ? null : body)
        .author(values.actor("author"))
        .open(isOpen(values.requiredText("state")))
        .draft(values.flag("isDraft"))
        .createdAt(values.requiredTime("createdAt"))
        .updatedAt(values.requiredTime("updatedAt"))
        .closedAt(values.time("closedAt"))
        .mergedAt(values.time("mergedAt"))
        .headRef(values.text("headRefName"))
        .headSha(values.text("headRefOid"))
        .baseRef(values.requiredText("baseRefName"))
        .baseSha(values.text("baseRefOid"))
        .details(withDetails ? details(values) : null)
        .reviews(reviews)
        .build();
  }

  private static boolean isOpen(String text) throws InvalidItemException {
    return switch (text) {
      case "OPEN" -> true;
      case "CLOSED", "MERGED" -> false;
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
