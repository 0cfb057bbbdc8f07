package dev.backfill.github;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import java.util.List;

/**
 * What GraphQL tells of what REST tells: no count of comments on lines, nobody for ghosts, and an
 * empty text for none.
 */
final class AsQueried {

  private static final long GHOST = 10_137;

  private AsQueried() {}

  static PullRequest of(PullRequest whole) {
    PullRequest.Details details = whole.details();
    List<Review> reviews = whole.reviews();
    String body = whole.body();
    return whole.toBuilder()
        .body(body == null || body.isEmpty() ? null : body)
        .author(alive(whole.author()))
        .details(
            details == null
                ? null
                : new PullRequest.Details(
                    details.additions(),
                    details.deletions(),
                    details.changedFiles(),
                    details.commits(),
                    details.comments(),
                    null,
                    alive(details.mergedBy())))
        .reviews(reviews == null ? null : reviews.stream().map(AsQueried::of).toList())
        .build();
  }

  private static Review of(Review review) {
    return new Review(
        review.githubId(),
        review.pullRequestNumber(),
        review.state(),
        alive(review.author()),
        review.submittedAt(),
        review.body(),
        review.commitId());
  }

  private static Account alive(Account account) {
    return account == null || account.id() == GHOST ? null : account;
  }
}
