package dev.backfill.github.internal.json;

/**
 * A failure of an item that lacks a required field or has one in a form that is not GitHub's. The
 * message names the field.
 */
public final class InvalidItemException extends Exception {

  private static final long serialVersionUID = 1L;

  public InvalidItemException(String message) {
    super(message);
  }
}
