package dev.backfill.api.history;

import org.jspecify.annotations.Nullable;

/**
 * A comment on a line of a pull request's change.
 *
 * @param repository where it is
 * @param githubId GitHub's number for it; 64 bits
 * @param pullRequestNumber the pull request within its repository
 * @param thread where in the change it stands
 * @param author who wrote it, or null when the account was deleted
 * @param body its text; may be empty
 * @param timestamps when it was written and last changed
 * @see <a href="https://docs.github.com/en/rest/pulls/comments">GitHub: review comments</a>
 */
public record ReviewComment(
    Repository repository,
    long githubId,
    int pullRequestNumber,
    Thread thread,
    @Nullable Account author,
    String body,
    Timestamps timestamps) {

  /**
   * Where in a change a comment stands.
   *
   * @param reviewId the review that it belongs to, or null when it has none
   * @param inReplyToId the comment that it answers, or null when it begins a thread
   * @param path the file, or null when GitHub does not say
   */
  public record Thread(
      @Nullable Long reviewId, @Nullable Long inReplyToId, @Nullable String path) {}
}
