package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure that another try is likely to pass: a 5xx, a time-out, a reset connection, a database
 * that restarts. The engine backs off, stores the attempt and tries again. It gives up after the
 * time that its backoff allows.
 */
public final class TransientFailureException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message a text for users, without secrets
   * @param cause the cause, or null
   */
  public TransientFailureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
