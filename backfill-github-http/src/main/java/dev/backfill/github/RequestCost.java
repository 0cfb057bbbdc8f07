package dev.backfill.github;

/**
 * Units of GitHub's two quotas, which are charged independently of each other.
 *
 * @param requests REST requests; from 0
 * @param points GraphQL points; from 0
 */
public record RequestCost(long requests, long points) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is negative
   */
  public RequestCost {
    if (requests < 0 || points < 0) {
      throw new IllegalArgumentException(
          "requests is " + requests + " and points is " + points + "; neither may be negative");
    }
  }
}
