package dev.backfill.api.failure;

import java.time.Instant;
import java.util.Objects;

/**
 * A limit of the API. The job does not fail: the engine waits until {@link #until()} and then
 * continues.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub's
 *     rate limits</a>
 */
public final class RateLimitedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /** The kind of limit. */
  public enum Kind {
    /** The quota of the window is spent; it ends when the window ends. */
    PRIMARY,
    /**
     * Too much in too short a time; it ends at the time that the API names, or after a minute or
     * more.
     */
    SECONDARY,
    /** The quota that is left is the reserve that the policy keeps for others. */
    RESERVE
  }

  private final Kind kind;
  private final Instant until;

  /**
   * Creates the failure.
   *
   * @param kind the kind of limit
   * @param until the first moment, on the local clock, at which a request may leave again
   * @param message a text for users with the reason of the wait
   */
  public RateLimitedException(Kind kind, Instant until, String message) {
    super(message, null);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.until = Objects.requireNonNull(until, "until");
  }

  /**
   * Returns the kind of limit.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
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
