package dev.backfill.api.quota;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A limit of one principal and resource that clients share. All durations count from the moment at
 * which the limit is stored or read, so that the clocks of processes need not agree.
 *
 * @param blocked time in which no request may leave; 0 or more
 * @param reason name of the limit, in a few words without secrets, such as {@code secondary rate
 *     limit}; at most {@value #MAX_REASON} characters
 * @param refusals refused requests in a row; 0 or more
 * @param pointsPerMinute points that each process may use in a minute, as the refusals showed; 1 or
 *     more; null if unknown
 * @param oneByOne time in which requests leave one after the other; 0 or more
 * @param age time since the limit was last stored; zero if a client has just met it, up to {@link
 *     SharedLimits#MAX} if it was read
 */
public record SharedLimit(
    Duration blocked,
    String reason,
    int refusals,
    @Nullable Integer pointsPerMinute,
    Duration oneByOne,
    Duration age) {

  /** The max length of a reason: {@value} characters. */
  public static final int MAX_REASON = 200;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public SharedLimit {
    Objects.requireNonNull(reason, "reason");
    if (blocked.isNegative() || oneByOne.isNegative() || age.isNegative() || refusals < 0) {
      throw new IllegalArgumentException(
          "blocked is "
              + blocked
              + ", oneByOne "
              + oneByOne
              + ", age "
              + age
              + ", refusals "
              + refusals
              + "; none may be negative");
    }
    if (pointsPerMinute != null && pointsPerMinute < 1) {
      throw new IllegalArgumentException(
          "pointsPerMinute is " + pointsPerMinute + "; it must be 1 or more");
    }
    if (reason.length() > MAX_REASON) {
      throw new IllegalArgumentException(
          "reason has " + reason.length() + " characters; it must have at most " + MAX_REASON);
    }
  }

  /**
   * Creates a limit that a client has just met.
   *
   * @param blocked time in which no request may leave; 0 or more
   * @param reason name of the limit, in a few words without secrets
   * @param refusals refused requests in a row; 0 or more
   * @param pointsPerMinute points that each process may use in a minute; 1 or more, or null
   * @param oneByOne time in which requests leave one after the other; 0 or more
   * @throws IllegalArgumentException if one is out of its range
   */
  public SharedLimit(
      Duration blocked,
      String reason,
      int refusals,
      @Nullable Integer pointsPerMinute,
      Duration oneByOne) {
    this(blocked, reason, refusals, pointsPerMinute, oneByOne, Duration.ZERO);
  }
}
