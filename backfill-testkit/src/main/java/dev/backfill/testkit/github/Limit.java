package dev.backfill.testkit.github;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How GitHub says that a secondary limit is reached. Immutable.
 *
 * @param duration how long it lasts; positive
 * @param status 403, 429, or 200 for an answer of GraphQL's that holds an error
 * @param retryAfter how the Retry-After header is written
 * @param resource what it holds for, or null for whatever the next request is about
 */
public record Limit(
    Duration duration, int status, RetryAfter retryAfter, @Nullable QuotaResource resource) {

  /** How the Retry-After header is written. */
  public enum RetryAfter {
    /** As a number of seconds. */
    SECONDS,
    /** As a date. */
    DATE,
    /** Not at all; clients then wait for a minute at least. */
    ABSENT
  }

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when the duration is not positive, the status is none of the
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
   * The limit as it comes most often: 403, Retry-After in seconds, for whatever comes next.
   *
   * @param duration how long it lasts; positive
   * @return the limit
   */
  public static Limit of(Duration duration) {
    return new Limit(duration, 403, RetryAfter.SECONDS, null);
  }

  /**
   * The same limit with another status.
   *
   * @param value 403, 429, or 200 for GraphQL
   * @return the limit
   */
  public Limit status(int value) {
    return new Limit(duration, value, retryAfter, resource);
  }

  /**
   * The same limit with another header.
   *
   * @param value how it is written
   * @return the limit
   */
  public Limit retryAfter(RetryAfter value) {
    return new Limit(duration, status, value, resource);
  }

  /**
   * The same limit for one resource only: it waits for the next request about that.
   *
   * @param value the resource
   * @return the limit
   */
  public Limit on(QuotaResource value) {
    return new Limit(duration, status, retryAfter, value);
  }
}
