package dev.backfill.api.failure;

/**
 * Somebody else holds the backfill now: its fence is newer than the one of this lease. Nothing was
 * written. The engine stops its slice; the new holder goes on.
 */
public final class LeaseLostException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message one sentence for people
   */
  public LeaseLostException(String message) {
    super(message, null);
  }
}
