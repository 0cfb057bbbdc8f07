package dev.backfill.api.source;

/**
 * Says where the next item is. The text belongs to the source that made it: nobody else reads it,
 * and the source puts a version into it, so that a later release still understands what an earlier
 * one stored.
 *
 * @param value opaque text; empty for the start, at most {@value #MAX_LENGTH} characters
 */
public record Cursor(String value) {

  /** The longest text that every store can keep. */
  public static final int MAX_LENGTH = 4096;

  /** Before the first item. */
  public static final Cursor START = new Cursor("");

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException when the text is longer than {@value #MAX_LENGTH} characters
   */
  public Cursor {
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "a cursor has " + value.length() + " characters; a store keeps at most " + MAX_LENGTH);
    }
  }

  /**
   * Whether this is the start.
   *
   * @return true for {@link #START} and its equals
   */
  public boolean isStart() {
    return value.isEmpty();
  }
}
