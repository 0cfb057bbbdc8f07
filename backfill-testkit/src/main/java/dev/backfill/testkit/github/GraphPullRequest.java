package dev.backfill.testkit.github;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Review;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetchingEnvironment;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** A pull request with its details and reviews. */
record GraphPullRequest(SimulatedRepository simulated, PullRequest pullRequest)
    implements GraphObject {

  @Override
  public String typeName() {
    return "PullRequest";
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    int number = pullRequest.number();
    return switch (name) {
      case "id" -> "PR_" + Long.toString(pullRequest.githubId(), 36);
      case "databaseId" -> GraphObject.databaseId(pullRequest.githubId());
      case "fullDatabaseId" -> Long.toString(pullRequest.githubId());
      case "number" -> number;
      case "url" -> pullRequest.htmlUrl();
      case "title" -> pullRequest.title();
      case "body" -> pullRequest.body() == null ? "" : pullRequest.body();
      case "isDraft" -> pullRequest.draft();
      case "author" -> GraphActor.of(pullRequest.author());
      case "state", "merged", "closed" -> state(name);
      case "createdAt", "updatedAt", "closedAt", "mergedAt" -> time(name);
      case "headRefName" -> pullRequest.headRef();
      case "headRefOid" -> pullRequest.headSha();
      case "baseRefName" -> pullRequest.baseRef();
      case "baseRefOid" -> pullRequest.baseSha();
      case "reviewThreads" ->
          new GraphCount("PullRequestReviewThreadConnection", simulated.threadCount(number));
      case "reviews" -> reviews(query);
      default -> detail(name);
    };
  }

  private @Nullable Object detail(String name) {
    Details details = Objects.requireNonNull(pullRequest.details(), "details");
    return switch (name) {
      case "mergedBy" -> GraphActor.of(details.mergedBy());
      case "additions" -> details.additions();
      case "deletions" -> details.deletions();
      case "changedFiles" -> details.changedFiles();
      case "commits" ->
          new GraphCount(
              "PullRequestCommitConnection", Objects.requireNonNull(details.commits(), "commits"));
      case "comments" ->
          new GraphCount(
              "IssueCommentConnection", Objects.requireNonNull(details.comments(), "comments"));
      case "totalCommentsCount" ->
          Objects.requireNonNull(details.comments(), "comments")
              + Objects.requireNonNull(details.reviewComments(), "reviewComments");
      default -> throw unknown(name);
    };
  }

  private Object state(String name) {
    boolean open = pullRequest.open();
    return switch (name) {
      case "merged" -> pullRequest.merged();
      case "closed" -> !open;
      default -> pullRequest.merged() ? "MERGED" : open ? "OPEN" : "CLOSED";
    };
  }

  private @Nullable Object time(String name) {
    return switch (name) {
      case "createdAt" -> pullRequest.createdAt();
      case "updatedAt" -> pullRequest.updatedAt();
      case "closedAt" -> pullRequest.closedAt();
      default -> pullRequest.mergedAt();
    };
  }

  private Object reviews(DataFetchingEnvironment query) {
    int number = pullRequest.number();
    @Nullable List<String> states = query.getArgument("states");
    @Nullable String author = query.getArgument("author");
    int count = simulated.reviewCount(number);
    Sequence sequence =
        states == null && author == null
            ? Sequence.ofAll(count)
            : Sequence.ofPacked(
                LongStream.range(0, count)
                    .filter(n -> matches(simulated.review(number, (int) n), states, author))
                    .toArray());
    GraphList list =
        new GraphList(
            "PullRequestReview",
            "REVIEWS",
            sequence,
            false,
            n -> 0,
            n -> it -> new GraphReview(pullRequest, simulated.review(number, (int) n)));
    try {
      return list.page(query);
    } catch (GraphConnection.BrokenNodeException e) {
      return DataFetcherResult.newResult()
          .error(e.error().at(query.getExecutionStepInfo().getPath().toList()))
          .build();
    }
  }

  private static boolean matches(
      Review review, @Nullable List<String> states, @Nullable String author) {
    return (states == null || states.contains(review.state()))
        && (author == null
            || review.author() != null && review.author().login().equalsIgnoreCase(author));
  }
}
