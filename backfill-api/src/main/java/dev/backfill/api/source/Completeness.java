package dev.backfill.api.source;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a session can read all items that its target has.
 *
 * @param gaps whether the target has items that this session cannot read
 * @param note the reason in one sentence without secrets; null exactly for {@link #WHOLE}
 */
public record Completeness(boolean gaps, @Nullable String note) {

  /** The session reads everything, and there is nothing to remark. */
  public static final Completeness WHOLE = new Completeness(false, null);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when there are gaps without a note, or the note is blank
   */
  public Completeness {
    if (note == null ? gaps : note.isBlank()) {
      throw new IllegalArgumentException("a remark on completeness needs a text");
    }
  }

  /**
   * Returns a value for a session that reads everything, with a remark for users: {@code GitHub has
   * pull requests switched off}.
   *
   * @param note one sentence without secrets; not blank
   * @return the value
   * @throws IllegalArgumentException when the note is blank
   */
  public static Completeness whole(String note) {
    return new Completeness(false, Objects.requireNonNull(note, "note"));
  }

  /**
   * Returns a value for a session that cannot read all items. The backfill then ends with gaps.
   *
   * @param note the reason, in one sentence without secrets; not blank
   * @return the value
   * @throws IllegalArgumentException when the note is blank
   */
  public static Completeness withGaps(String note) {
    return new Completeness(true, note);
  }

  /**
   * Combines the values of two sessions that read one target.
   *
   * @param other the other session's value
   * @return gaps if either has gaps, and both notes; equal notes appear once
   */
  public Completeness and(Completeness other) {
    if (note == null || note.equals(other.note)) {
      return gaps ? this : other;
    }
    return other.note == null
        ? this
        : new Completeness(gaps || other.gaps, note + "; " + other.note);
  }
}
