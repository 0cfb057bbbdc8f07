package dev.backfill.api.quota;

import java.time.Instant;
import java.util.Objects;

/**
 * The quota that is left by the API's last response.
 *
 * @param resource the bucket that it is for, such as {@code core} or {@code graphql}; not blank
 * @param limit units in a whole window; positive
 * @param remaining units left in this window; from 0 to {@code limit}
 * @param resetAt the end of the window, on the local clock
 */
public record Quota(String resource, long limit, long remaining, Instant resetAt) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public Quota {
    if (resource.isBlank()) {
      throw new IllegalArgumentException("resource is blank; name the bucket, such as \"core\"");
    }
    if (limit < 1) {
      throw new IllegalArgumentException("limit is " + limit + "; it must be positive");
    }
    if (remaining < 0 || remaining > limit) {
      throw new IllegalArgumentException(
          "remaining is " + remaining + "; it must be from 0 to the limit, " + limit);
    }
    Objects.requireNonNull(resetAt, "resetAt");
  }

  /**
   * Returns the units that are left at a given time: {@link #remaining()} while its window lasts, a
   * whole window after it.
   *
   * @param now the time
   * @return units, from 0 to {@link #limit()}
   */
  public long remainingAt(Instant now) {
    return now.isBefore(resetAt) ? remaining : limit;
  }

  /**
   * Returns the quota at a given time.
   *
   * @param now the time
   * @return this quota while its window lasts, after it the same with a whole window left
   */
  public Quota at(Instant now) {
    return remainingAt(now) == remaining ? this : new Quota(resource, limit, limit, resetAt);
  }
}
