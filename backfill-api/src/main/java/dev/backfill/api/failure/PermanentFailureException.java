package dev.backfill.api.failure;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A failure that stays until a user or operator changes something; the message names the fix. The
 * engine stops the job as failed, and everything stored so far stays.
 */
public final class PermanentFailureException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /** The kind of problem that a user or operator has to fix. */
  public enum Reason {
    /** The token is wrong, expired or revoked (401). */
    BAD_CREDENTIALS,
    /** The token may not do this: scope, SSO, IP list, permission (403). */
    FORBIDDEN,
    /** The target does not exist, or the token cannot see it (404). */
    NOT_FOUND,
    /** The target or the feature is switched off (410). */
    GONE,
    /** The target is blocked for legal reasons (451). */
    LEGALLY_BLOCKED,
    /** The name now belongs to another target than the one whose history is stored. */
    IDENTITY_CHANGED,
    /** The API refuses the request itself (400, 422). */
    INVALID_REQUEST,
    /** A response pointed to an address that the credentials must not go to. */
    UNTRUSTED_ADDRESS,
    /** This version does not understand a response, a cursor or a database schema. */
    INCOMPATIBLE,
    /** The database refuses the work: permission, missing column, disk full. */
    STORE_REFUSED,
    /** A table of the store, or its schema, is missing: the schema has yet to be installed. */
    NOT_INSTALLED,
    /**
     * The store is at another place than it had confirmed: it lost committed data, for example in a
     * failover.
     */
    OUT_OF_SEQUENCE,
    /** Too many items cannot be stored; something larger must be wrong. */
    TOO_MANY_REJECTED,
    /** A mistake in a source, a sink, a policy or this library. */
    UNEXPECTED
  }

  private final Reason reason;

  /**
   * Creates the failure.
   *
   * @param reason the kind of problem
   * @param message a text for users: the problem, its effect on the data, the fix; without secrets
   * @param cause the cause, or null
   */
  public PermanentFailureException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /**
   * Returns the kind of problem that a user or operator has to fix.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
