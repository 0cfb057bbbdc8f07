package dev.backfill.github.internal.json;

/** An item lacks what it needs, or has it in a form that is not GitHub's. The message says what. */
public final class InvalidItemException extends Exception {

  private static final long serialVersionUID = 1L;

  public InvalidItemException(String message) {
    super(message);
  }
}
