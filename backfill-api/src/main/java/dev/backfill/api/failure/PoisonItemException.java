package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure of an item whose data the store or the sink refuses: too long, invalid text, a
 * constraint. Nothing of the chunk is stored. The engine finds the refused items, puts them into
 * quarantine and stores the others.
 */
public final class PoisonItemException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message a text for users, without secrets
   * @param cause the cause, or null
   */
  public PoisonItemException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
