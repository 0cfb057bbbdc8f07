package dev.backfill.api.source;

/**
 * The place of the next item. Only the source that made the text reads it. The source puts a
 * version into the text, so that a later release still understands what an earlier one stored.
 *
 * @param value opaque text; empty for the start, at most {@value #MAX_LENGTH} characters
 */
public record Cursor(String value) {

  /** The max length that every store can keep, in characters. */
  public static final int MAX_LENGTH = 4096;

  /** The place before the first item. */
  public static final Cursor START = new Cursor("");

  /**
   * Checks the length.
   *
   * @throws IllegalArgumentException if the text is longer than {@value #MAX_LENGTH} characters
   */
  public Cursor {
    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "the cursor has " + value.length() + " characters; a store keeps at most " + MAX_LENGTH);
    }
  }

  /**
   * Checks if this is the start.
   *
   * @return true for {@link #START} and cursors equal to it
   */
  public boolean isStart() {
    return value.isEmpty();
  }
}
