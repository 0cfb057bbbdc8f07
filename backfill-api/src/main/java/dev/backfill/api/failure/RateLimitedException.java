package dev.backfill.api.failure;

import java.time.Instant;
import java.util.Objects;

/**
 * A limit of the API. The job does not fail: the engine waits until {@link #until()} and then
 * continues. It is of one of three kinds: {@linkplain #isPrimary() primary}, {@linkplain
 * #isSecondary() secondary}, or the {@linkplain #isReserve() reserve}.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub's
 *     rate limits</a>
 */
public final class RateLimitedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  private enum Kind {
    PRIMARY,
    SECONDARY,
    RESERVE
  }

  private final Kind kind;
  private final Instant until;

  private RateLimitedException(Kind kind, Instant until, String message) {
    super(message, null);
    this.kind = kind;
    this.until = Objects.requireNonNull(until, "until");
  }

  /**
   * Creates the failure for a window whose quota is spent.
   *
   * @param until the first moment, on the local clock, at which a request may leave again
   * @param message a text for users with the reason of the wait
   * @return the failure
   */
  public static RateLimitedException primary(Instant until, String message) {
    return new RateLimitedException(Kind.PRIMARY, until, message);
  }

  /**
   * Creates the failure for too much in too short a time.
   *
   * @param until the first moment, on the local clock, at which a request may leave again
   * @param message a text for users with the reason of the wait
   * @return the failure
   */
  public static RateLimitedException secondary(Instant until, String message) {
    return new RateLimitedException(Kind.SECONDARY, until, message);
  }

  /**
   * Creates the failure for quota that is left, but reserved.
   *
   * @param until the first moment, on the local clock, at which a request may leave again
   * @param message a text for users with the reason of the wait
   * @return the failure
   */
  public static RateLimitedException reserve(Instant until, String message) {
    return new RateLimitedException(Kind.RESERVE, until, message);
  }

  /**
   * Returns true if the quota of the window is spent. The limit ends when the window ends.
   *
   * @return true for a primary limit
   */
  public boolean isPrimary() {
    return kind == Kind.PRIMARY;
  }

  /**
   * Returns true after too much in too short a time. The limit ends at the time that the API names,
   * or after a minute or more.
   *
   * @return true for a secondary limit
   */
  public boolean isSecondary() {
    return kind == Kind.SECONDARY;
  }

  /**
   * Returns true if the quota that is left is the reserve that the policy keeps for others.
   *
   * @return true for the reserve
   */
  public boolean isReserve() {
    return kind == Kind.RESERVE;
  }

  /**
   * Returns the end of the wait.
   *
   * @return the first moment, on the local clock, at which a request may leave again
   */
  public Instant until() {
    return until;
  }
}
