package dev.backfill.api.failure;

/**
 * A failure of a worker whose lease is out of date: another worker holds the backfill with a newer
 * fence. Nothing was written. The engine stops its slice; the new holder continues.
 */
public final class LeaseLostException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message a text for users
   */
  public LeaseLostException(String message) {
    super(message, null);
  }
}
