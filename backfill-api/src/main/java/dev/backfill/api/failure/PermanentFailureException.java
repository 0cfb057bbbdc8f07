package dev.backfill.api.failure;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Trying again does not help until a person has changed something; the message says what. The
 * engine stops the job as failed, with everything stored so far kept.
 */
public final class PermanentFailureException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /** What a person has to look at. */
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
    /** An answer pointed to an address that the credentials must not go to. */
    UNTRUSTED_ADDRESS,
    /** An answer, a cursor or a database schema that this version does not understand. */
    INCOMPATIBLE,
    /** The database refuses the work: permission, missing column, disk full. */
    STORE_REFUSED,
    /** A table of the store, or its schema, is not there: it is yet to be installed. */
    NOT_INSTALLED,
    /**
     * The store is at another place than the one that it had confirmed: it lost committed data, in
     * a failover say.
     */
    OUT_OF_SEQUENCE,
    /** So many items cannot be stored that something larger must be wrong. */
    TOO_MANY_REJECTED,
    /** Something nobody thought of: a mistake in a source, a sink, a policy or this library. */
    UNEXPECTED
  }

  private final Reason reason;

  /**
   * Creates the failure.
   *
   * @param reason what a person has to look at
   * @param message one sentence for people: what happened, what it means, what to do; without
   *     secrets
   * @param cause what was caught, or null
   */
  public PermanentFailureException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /**
   * What a person has to look at.
   *
   * @return the reason
   */
  public Reason reason() {
    return reason;
  }
}
