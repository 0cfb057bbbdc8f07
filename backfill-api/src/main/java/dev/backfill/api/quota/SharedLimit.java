package dev.backfill.api.quota;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A limit of one principal and resource that clients share. All durations count from the moment at
 * which the limit is stored or read, so that the clocks of processes need not agree.
 *
 * @param blocked how long no request may leave; zero for no time, not negative
 * @param reason which limit it is, in a few words without secrets, such as {@code secondary rate
 *     limit}; at most {@value #MAX_REASON} characters
 * @param refusals how many requests in a row were refused; not negative
 * @param pointsPerMinute how many points each process may use in a minute after what it has met; 1
 *     or more; null where nothing was learned
 * @param oneByOne how long requests leave one after the other; zero for no time, not negative
 */
public record SharedLimit(
    Duration blocked,
    String reason,
    int refusals,
    @Nullable Integer pointsPerMinute,
    Duration oneByOne) {

  /** The max length of a reason: {@value} characters. */
  public static final int MAX_REASON = 200;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when one is out of its range
   */
  public SharedLimit {
    Objects.requireNonNull(reason, "reason");
    if (blocked.isNegative() || oneByOne.isNegative() || refusals < 0) {
      throw new IllegalArgumentException(
          "blocked is "
              + blocked
              + ", oneByOne "
              + oneByOne
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
}
