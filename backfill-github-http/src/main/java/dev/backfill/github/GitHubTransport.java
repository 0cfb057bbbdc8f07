package dev.backfill.github;

/**
 * How pull requests are read. Comments are always read by REST, which lists those of a whole
 * repository.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/about-the-rest-api/comparing-githubs-rest-api-and-graphql-api">GitHub:
 *     comparing REST and GraphQL</a>
 */
public enum GitHubTransport {
  /**
   * GraphQL when there is a token and something beyond the list is wanted, since there a query
   * brings what takes REST some fifty requests; REST else. A history that was begun in one way is
   * read to its end in that way.
   */
  AUTO,
  /**
   * REST: a request for each hundred pull requests, and for each pull request one for its details
   * and at least one for its reviews. A history that was begun by GraphQL is read again from its
   * start.
   */
  REST,
  /**
   * GraphQL: a query for each 25 pull requests, with details and reviews. Needs a token. The number
   * of comments on lines is not told. A history that was begun by REST is read again from its
   * start.
   */
  GRAPHQL
}
