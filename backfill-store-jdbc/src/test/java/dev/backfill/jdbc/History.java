package dev.backfill.jdbc;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Items for tests. */
final class History {

  static final Instant T0 = Instant.parse("2024-02-29T12:00:00Z");
  static final Repository REPOSITORY =
      new Repository(8_000_000_000L, "owner/name", false, "https://github.com/owner/name", T0, T0);
  static final Account ALICE = new Account(5_000_000_001L, "alice", "User");
  static final Account BOB = new Account(5_000_000_002L, "bob", "User");
  static final Details DETAILS = new Details(10, 2, 3, 4, 5, 6, BOB);

  private History() {}

  static Instant at(long minutes) {
    return T0.plusSeconds(60 * minutes);
  }

  static PullRequest pullRequest(int number, String title, Instant updatedAt) {
    return pullRequest(number, title, ALICE, updatedAt, null, null);
  }

  static PullRequest pullRequest(
      int number,
      String title,
      @Nullable Account author,
      Instant updatedAt,
      @Nullable Details details,
      @Nullable List<Review> reviews) {
    return PullRequest.builder()
        .repository(REPOSITORY)
        .number(number)
        .githubId(9_000_000_000L + number)
        .htmlUrl("https://github.com/owner/name/pull/" + number)
        .title(title)
        .body("body of " + title)
        .author(author)
        .open(true)
        .createdAt(T0)
        .updatedAt(updatedAt)
        .headRef("topic")
        .headSha("abc")
        .baseRef("main")
        .baseSha("def")
        .details(details)
        .reviews(reviews)
        .build();
  }

  static Review review(long id, int number, String state) {
    return new Review(id, number, state, BOB, at(1), "fine", "abc");
  }

  static ReviewComment reviewComment(long id, String body, Instant updatedAt) {
    return new ReviewComment(
        REPOSITORY, id, 7, 3L, null, "src/Main.java", BOB, body, T0, updatedAt);
  }

  static IssueComment issueComment(
      long id, @Nullable Account author, String body, Instant updatedAt) {
    return new IssueComment(REPOSITORY, id, 7, true, author, body, T0, updatedAt);
  }
}
