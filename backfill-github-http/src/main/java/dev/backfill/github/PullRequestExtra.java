package dev.backfill.github;

/**
 * What a pull request can be read with beyond what GitHub's list says. Each costs at least one
 * request a pull request, where the list costs one for a hundred.
 */
public enum PullRequestExtra {
  /**
   * Lines and files changed, numbers of commits and comments, who merged it.
   *
   * @see <a href="https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request">GitHub: get a
   *     pull request</a>
   */
  DETAILS,
  /**
   * All its reviews; one request for each hundred of them, at least one.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/pulls/reviews#list-reviews-for-a-pull-request">GitHub:
   *     list reviews</a>
   */
  REVIEWS
}
