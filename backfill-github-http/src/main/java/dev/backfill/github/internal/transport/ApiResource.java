package dev.backfill.github.internal.transport;

/**
 * What GitHub counts requests by, beside the principal: each has a quota of its own.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/rate-limit/rate-limit#get-rate-limit-status-for-the-authenticated-user">GitHub:
 *     rate limit status</a>
 */
public enum ApiResource {
  /** REST; one unit a request. */
  CORE,
  /** GraphQL; as many units as a query is worth. */
  GRAPHQL
}
