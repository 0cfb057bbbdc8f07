package dev.backfill.github;

/**
 * Data of a pull request beyond GitHub's list. Each extra costs at least one request for each pull
 * request; the list costs one request for a hundred.
 */
public enum PullRequestExtra {
  /**
   * The numbers of changed lines and files, of commits and comments, and the account that merged
   * it.
   *
   * @see <a href="https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request">GitHub: get a
   *     pull request</a>
   */
  DETAILS,
  /**
   * All reviews: one request for each hundred of them, at least one.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request">GitHub:
   *     list reviews</a>
   */
  REVIEWS
}
