package dev.backfill.testkit.github;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A secondary limit and the form in which GitHub reports it. Immutable.
 *
 * @param duration its duration; positive
 * @param status 403, 429, or 200 for an answer of GraphQL that contains an error
 * @param retryAfter the form of the Retry-After header
 * @param resource the resource that it limits; null for the resource of the next request
 */
public record Limit(
    Duration duration, int status, RetryAfter retryAfter, @Nullable QuotaResource resource) {

  /** The forms of the Retry-After header. */
  public enum RetryAfter {
    /** A number of seconds. */
    SECONDS,
    /** A date. */
    DATE,
    /** No header; clients then wait for a minute at least. */
    ABSENT
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the duration is not positive, the status is none of the
   *     three, or a 200 is not for GraphQL
   */
  public Limit {
    Objects.requireNonNull(retryAfter, "retryAfter");
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException("retryAfter is " + duration + "; it must be positive");
    }
    if (status != 403 && status != 429 && status != 200) {
      throw new IllegalArgumentException("status is " + status + "; it must be 403, 429 or 200");
    }
    if (status == 200 && resource != QuotaResource.GRAPHQL) {
      throw new IllegalArgumentException("status is 200; only GraphQL is limited with it");
    }
  }

  /**
   * Creates the most frequent limit: 403, Retry-After in seconds, for the resource of the next
   * request.
   *
   * @param duration its duration; positive
   * @return the limit
   */
  public static Limit of(Duration duration) {
    return new Limit(duration, 403, RetryAfter.SECONDS, null);
  }

  /**
   * Returns the same limit with another status.
   *
   * @param value 403, 429, or 200 for GraphQL
   * @return the limit
   */
  public Limit status(int value) {
    return new Limit(duration, value, retryAfter, resource);
  }

  /**
   * Returns the same limit with another header.
   *
   * @param value the form of the header
   * @return the limit
   */
  public Limit retryAfter(RetryAfter value) {
    return new Limit(duration, status, value, resource);
  }

  /**
   * Returns the same limit for one resource only. It waits for the next request for that resource.
   *
   * @param value the resource
   * @return the limit
   */
  public Limit on(QuotaResource value) {
    return new Limit(duration, status, retryAfter, value);
  }
}
