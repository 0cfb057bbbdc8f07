package dev.backfill.supabase.internal.http;

/**
 * A call that writes items and is larger than a request may be, or than the project accepts (413).
 * Nothing was stored. It never leaves the module: smaller calls, or a refusal, follow from it.
 */
public final class TooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final long bytes;

  TooLargeException(String message, long bytes) {
    super(message);
    this.bytes = bytes;
  }

  /** Returns the size of the request. */
  public long bytes() {
    return bytes;
  }
}
