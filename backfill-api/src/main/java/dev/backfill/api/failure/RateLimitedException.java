package dev.backfill.api.failure;

import java.time.Instant;
import java.util.Objects;

/**
 * The API asks to wait. Not a failure of the job: the engine waits until {@link #until()} and goes
 * on.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub's
 *     rate limits</a>
 */
public final class RateLimitedException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /** Which limit it was. */
  public enum Kind {
    /** The quota of the window is spent; it ends when the window ends. */
    PRIMARY,
    /** Too much in too short a time; it ends when the API says so, or after a minute and more. */
    SECONDARY,
    /** The quota that is left is the reserve that the policy keeps for others. */
    RESERVE
  }

  private final Kind kind;
  private final Instant until;

  /**
   * Creates the failure.
   *
   * @param kind which limit it was
   * @param until the first moment, on the local clock, at which a request may leave again
   * @param message one sentence for people that says why the job waits
   */
  public RateLimitedException(Kind kind, Instant until, String message) {
    super(message, null);
    this.kind = Objects.requireNonNull(kind, "kind");
    this.until = Objects.requireNonNull(until, "until");
  }

  /**
   * Which limit it was.
   *
   * @return the kind
   */
  public Kind kind() {
    return kind;
  }

  /**
   * When to go on.
   *
   * @return the first moment, on the local clock, at which a request may leave again
   */
  public Instant until() {
    return until;
  }
}
