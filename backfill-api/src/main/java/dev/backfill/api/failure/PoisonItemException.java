package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * The store or the sink refuses an item of the chunk for its data: too long, invalid text, a
 * constraint. Nothing of the chunk is stored. The engine finds out which items it is, puts these
 * into quarantine and stores the others.
 */
public final class PoisonItemException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message one sentence for people, without secrets
   * @param cause what was caught, or null
   */
  public PoisonItemException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
