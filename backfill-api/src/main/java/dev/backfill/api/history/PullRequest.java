package dev.backfill.api.history;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pull request.
 *
 * @param repository where it is
 * @param identity what it is called
 * @param content what it says
 * @param lifecycle when things happened to it; {@link Lifecycle#updatedAt()} decides which of two
 *     copies is newer
 * @param branches what it wants to merge into what
 * @param details what only the pull request itself tells, or null when that was not asked for
 * @param reviews its reviews in order, not modifiable, or null when they were not asked for
 * @see <a href="https://docs.github.com/en/rest/pulls/pulls">GitHub: pull requests</a>
 */
public record PullRequest(
    Repository repository,
    Identity identity,
    Content content,
    Lifecycle lifecycle,
    Branches branches,
    @Nullable Details details,
    @Nullable List<Review> reviews) {

  /** Copies the list. */
  public PullRequest {
    reviews = reviews == null ? null : List.copyOf(reviews);
  }

  /** Whether it can still be merged. */
  public enum State {
    /** It can. */
    OPEN,
    /** It was merged, or closed without. */
    CLOSED
  }

  /**
   * What a pull request is called.
   *
   * @param number its number within its repository; positive
   * @param githubId GitHub's number for it; 64 bits
   * @param htmlUrl its page
   */
  public record Identity(int number, long githubId, String htmlUrl) {}

  /**
   * What a pull request says.
   *
   * @param title its title
   * @param body its text, or null when it has none
   * @param author who opened it, or null when the account was deleted
   * @param state whether it is open
   * @param draft whether it is a draft
   */
  public record Content(
      String title, @Nullable String body, @Nullable Account author, State state, boolean draft) {}

  /**
   * When things happened to a pull request.
   *
   * @param createdAt when it was opened
   * @param updatedAt when it last changed
   * @param closedAt when it was closed, or null while it is open
   * @param mergedAt when it was merged, or null when it was not
   */
  public record Lifecycle(
      Instant createdAt,
      Instant updatedAt,
      @Nullable Instant closedAt,
      @Nullable Instant mergedAt) {}

  /**
   * What a pull request wants to merge into what.
   *
   * @param headRef the branch that it brings, or null when GitHub no longer knows it
   * @param headSha the commit that it brings, or null when GitHub no longer knows it
   * @param baseRef the branch that it goes to
   * @param baseSha the commit that it is compared with, or null when GitHub no longer knows it
   */
  public record Branches(
      @Nullable String headRef,
      @Nullable String headSha,
      String baseRef,
      @Nullable String baseSha) {}

  /**
   * What only the pull request itself tells, not a list. A count is null where the source sent a
   * number that cannot be, such as a negative one.
   *
   * @param additions lines added; 0 or more, or null
   * @param deletions lines deleted; 0 or more, or null
   * @param changedFiles files changed; 0 or more, or null
   * @param commits commits; 0 or more, or null
   * @param comments comments in its conversation; 0 or more, or null
   * @param reviewComments comments on its lines; 0 or more, or null when the source cannot count
   *     them, as with GraphQL
   * @param mergedBy who merged it, or null when it was not merged or the account was deleted
   */
  public record Details(
      @Nullable Integer additions,
      @Nullable Integer deletions,
      @Nullable Integer changedFiles,
      @Nullable Integer commits,
      @Nullable Integer comments,
      @Nullable Integer reviewComments,
      @Nullable Account mergedBy) {}

  /**
   * Whether it was merged.
   *
   * @return true when there is a time of merging
   */
  public boolean merged() {
    return lifecycle.mergedAt() != null;
  }
}
