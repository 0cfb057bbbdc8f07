package dev.backfill.github;

/**
 * The API that pull requests are read by. Comments are always read by REST, which lists those of a
 * whole repository.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/about-the-rest-api/comparing-githubs-rest-api-and-graphql-api">GitHub:
 *     comparing REST and GraphQL</a>
 */
public enum GitHubTransport {
  /**
   * GraphQL if there is a token and more than the list is wanted; otherwise REST. With extras, one
   * query replaces some fifty REST requests. A history continues with the API that it began with.
   */
  AUTO,
  /**
   * REST: a request for each hundred pull requests, and for each pull request one for its details
   * and at least one for its reviews. A history that began by GraphQL is read again from its start.
   */
  REST,
  /**
   * GraphQL: a query for each 25 pull requests, with details and reviews. Needs a token. The number
   * of comments on lines is not available. A history that began by REST is read again from its
   * start.
   */
  GRAPHQL
}
