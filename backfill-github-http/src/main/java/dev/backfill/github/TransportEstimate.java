package dev.backfill.github;

import dev.backfill.api.quota.Quota;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What it takes to read a history in one way: all its items once, the look-up of the repository,
 * and a catch-up that finds nothing new. More than 30 reviews of one pull request by GraphQL, more
 * than 100 by REST, cost a request for each hundred more that nobody can know before; so does
 * whatever changes meanwhile, and whatever fails and is tried again.
 *
 * @param transport how pull requests are read: {@link GitHubTransport#REST} or {@link
 *     GitHubTransport#GRAPHQL}
 * @param cost what the quotas are charged
 * @param queries how many GraphQL queries are sent, one after the other; 0 by REST
 * @param core the quota for REST as GitHub told it last, or null when it tells of no limit
 * @param graphQl the quota for GraphQL, or null when GitHub tells of no limit or was not asked
 */
public record TransportEstimate(
    GitHubTransport transport,
    RequestCost cost,
    long queries,
    @Nullable Quota core,
    @Nullable Quota graphQl) {

  /**
   * What GitHub takes to answer one query for 25 pull requests, about: 2.5 to 3.5 seconds have been
   * measured.
   */
  public static final Duration QUERY_TIME = Duration.ofSeconds(3);

  private static final long WINDOW_SECONDS = 3_600;

  /**
   * How long the quotas make it take. The two are spent beside each other, so the scarcer one
   * counts; a window is an hour. A quota of which GitHub tells no limit takes no time.
   *
   * <p>A steady stream is assumed: what fits into the present window may be over sooner, and what
   * others spend makes it longer.
   *
   * @param reservePercent how much of each limit stays for others; from 0 to 99
   * @return the time, rounded up to a second
   * @throws IllegalArgumentException when the reserve is out of its range
   */
  public Duration quotaTime(int reservePercent) {
    if (reservePercent < 0 || reservePercent > 99) {
      throw new IllegalArgumentException(
          "the reserve is " + reservePercent + " percent; it must be from 0 to 99");
    }
    return Duration.ofSeconds(
        Math.max(
            seconds(cost.requests(), core, reservePercent),
            seconds(cost.points(), graphQl, reservePercent)));
  }

  private static long seconds(long units, @Nullable Quota quota, int reservePercent) {
    if (quota == null) {
      return 0;
    }
    long usable = Math.max(1, quota.limit() - quota.limit() * reservePercent / 100);
    return (units * WINDOW_SECONDS + usable - 1) / usable;
  }

  /**
   * How long GitHub takes to answer the queries, at {@link #QUERY_TIME} each, one after the other.
   * When this is more than {@link #quotaTime}, the quota is not what it waits for.
   *
   * @return the time; zero by REST, of which nothing is assumed
   */
  public Duration queryTime() {
    return QUERY_TIME.multipliedBy(queries);
  }
}
