package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * Something that is likely to work when it is tried again: a 5xx, a time-out, a reset connection, a
 * database that restarts. The engine backs off, stores the attempt and tries again; it gives up
 * after the time that its backoff allows.
 */
public final class TransientFailureException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message one sentence for people, without secrets
   * @param cause what was caught, or null
   */
  public TransientFailureException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
