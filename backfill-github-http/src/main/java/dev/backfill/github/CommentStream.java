package dev.backfill.github;

/** The comments of a repository; each kind is a stream of its own, which REST reads. */
public enum CommentStream {
  /** Comments on the lines of pull requests: {@link GitHub#reviewComments}. */
  REVIEW_COMMENTS,
  /** Comments in the conversations of issues and pull requests: {@link GitHub#issueComments}. */
  ISSUE_COMMENTS
}
