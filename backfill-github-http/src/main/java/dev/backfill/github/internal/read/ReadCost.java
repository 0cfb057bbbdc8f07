package dev.backfill.github.internal.read;

/**
 * What it takes to read a stream from its first item to where nothing is left, as long as nothing
 * changes meanwhile and nothing fails.
 *
 * @param requests to the REST API
 * @param queries to the GraphQL API, one after the other
 * @param points what the queries are charged
 */
public record ReadCost(long requests, long queries, long points) {

  /** The cost of nothing but requests. */
  public static ReadCost ofRequests(long requests) {
    return new ReadCost(requests, 0, 0);
  }

  /** The cost of both. */
  public ReadCost plus(ReadCost other) {
    return new ReadCost(requests + other.requests, queries + other.queries, points + other.points);
  }

  /** How many pages that many items take; an empty list has one, too. */
  public static long pages(long items, int size) {
    return Math.max(1, (items + size - 1) / size);
  }
}
