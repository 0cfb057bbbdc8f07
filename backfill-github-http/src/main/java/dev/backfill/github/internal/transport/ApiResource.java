package dev.backfill.github.internal.transport;

/**
 * The resources that GitHub counts requests by, for each principal: each has a quota of its own.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user">GitHub:
 *     rate limit status</a>
 */
public enum ApiResource {
  /** REST; one unit for each request. */
  CORE,
  /** GraphQL; the cost of a query in units. */
  GRAPHQL
}
