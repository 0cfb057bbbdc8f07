package dev.backfill.testkit.github;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import graphql.schema.DataFetchingEnvironment;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A review of a pull request. */
record GraphReview(PullRequest pullRequest, Review review) implements GraphObject {

  @Override
  public String typeName() {
    return "PullRequestReview";
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    return switch (name) {
      case "id" -> "PRR_" + Long.toString(review.githubId(), 36);
      case "databaseId" -> GraphObject.databaseId(review.githubId());
      case "fullDatabaseId" -> Long.toString(review.githubId());
      case "state" -> review.state();
      case "author" -> GraphActor.of(review.author());
      case "submittedAt" -> review.submittedAt();
      case "createdAt", "updatedAt" -> written();
      case "body" -> review.body();
      case "commit" -> review.commitId() == null ? null : new GraphCommit(review.commitId());
      case "url" -> pullRequest.htmlUrl() + "#pullrequestreview-" + review.githubId();
      default -> throw unknown(name);
    };
  }

  private Instant written() {
    Instant submitted = review.submittedAt();
    return submitted == null ? pullRequest.createdAt() : submitted;
  }
}
