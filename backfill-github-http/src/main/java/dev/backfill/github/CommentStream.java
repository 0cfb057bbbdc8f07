package dev.backfill.github;

/** The streams of comments of a repository. Each is read by REST. */
public enum CommentStream {
  /** Comments on the lines of pull requests: {@link GitHub#reviewComments}. */
  REVIEW_COMMENTS,
  /** Comments in the conversations of issues and pull requests: {@link GitHub#issueComments}. */
  ISSUE_COMMENTS
}
