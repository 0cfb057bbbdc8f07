package dev.backfill.github.internal.read;

/**
 * The cost of reading a stream from its first item until nothing is left, if nothing changes
 * meanwhile and nothing fails.
 *
 * @param requests to the REST API
 * @param queries to the GraphQL API, one after the other
 * @param points charged for the queries
 */
public record ReadCost(long requests, long queries, long points) {

  /** Creates a cost of REST requests only. */
  public static ReadCost ofRequests(long requests) {
    return new ReadCost(requests, 0, 0);
  }

  /** Returns the sum of both costs. */
  public ReadCost plus(ReadCost other) {
    return new ReadCost(requests + other.requests, queries + other.queries, points + other.points);
  }

  /** Returns the number of pages for this many items; an empty list has one, too. */
  public static long pages(long items, int size) {
    return Math.max(1, (items + size - 1) / size);
  }
}
