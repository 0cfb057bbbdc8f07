package dev.backfill.github;

import dev.backfill.api.quota.Quota;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The cost of reading a history by one transport: all its items once, the look-up of the
 * repository, and a catch-up that finds nothing new.
 *
 * <p>Further cost cannot be known before:
 *
 * <ul>
 *   <li>a request for each hundred more reviews of a pull request with more than 30 reviews
 *       (GraphQL) or 100 (REST)
 *   <li>changes during the run
 *   <li>failed requests that are retried
 * </ul>
 *
 * @param transport the transport of pull requests: {@link GitHubTransport#REST} or {@link
 *     GitHubTransport#GRAPHQL}
 * @param cost the charge to the quotas
 * @param queries the number of GraphQL queries, sent one after the other; 0 by REST
 * @param core the last known quota for REST, or null if GitHub reports no limit
 * @param graphQl the quota for GraphQL, or null if GitHub reports no limit or was not asked
 */
public record TransportEstimate(
    GitHubTransport transport,
    RequestCost cost,
    long queries,
    @Nullable Quota core,
    @Nullable Quota graphQl) {

  /**
   * The approximate time of GitHub's response to one query for 25 pull requests; measured: 2.5 to
   * 3.5 seconds.
   */
  public static final Duration QUERY_TIME = Duration.ofSeconds(3);

  private static final long WINDOW_SECONDS = 3_600;

  /**
   * Returns the time that the quotas require. The two quotas are charged independently, so the
   * scarcer one counts; a window is an hour. A quota without a known limit takes no time.
   *
   * <p>A steady stream is assumed. What fits into the present window may be done sooner; use by
   * others makes it longer.
   *
   * @param reservePercent the share of each limit that stays for others; from 0 to 99
   * @return the time, rounded up to a second
   * @throws IllegalArgumentException if the reserve is out of its range
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
   * Returns the time of GitHub's responses to the queries, one after the other, at {@link
   * #QUERY_TIME} each. If this exceeds {@link #quotaTime}, the quota is not the bottleneck.
   *
   * @return the time; zero by REST, for which no time is assumed
   */
  public Duration queryTime() {
    return QUERY_TIME.multipliedBy(queries);
  }
}
