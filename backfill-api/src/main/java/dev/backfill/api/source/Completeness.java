package dev.backfill.api.source;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A session's statement about its reading: if it can read all items that its target has.
 *
 * @param gaps true if the target has items that this session cannot read
 * @param note the reason in one sentence without secrets; null exactly for {@link #WHOLE}
 * @param unavailable true if the target withholds its items for now, so that the engine can compare
 *     nothing with it
 */
public record Completeness(boolean gaps, @Nullable String note, boolean unavailable) {

  /** The value of a session that reads everything and has no remark. */
  public static final Completeness WHOLE = new Completeness(false, null, false);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if there are gaps without a note, items are unavailable
   *     without one, or the note is blank
   */
  public Completeness {
    if (note == null ? gaps || unavailable : note.isBlank()) {
      throw new IllegalArgumentException("note is missing or blank; gaps and unavailable need one");
    }
  }

  /**
   * Creates a value for a target whose items are available.
   *
   * @param gaps true if the target has items that this session cannot read
   * @param note the reason in one sentence without secrets, or null
   * @throws IllegalArgumentException if there are gaps without a note, or the note is blank
   */
  public Completeness(boolean gaps, @Nullable String note) {
    this(gaps, note, false);
  }

  /**
   * Returns a value for a session that reads everything, with a remark for users: {@code The source
   * counts 203 items and lists 200}.
   *
   * @param note one sentence without secrets; not blank
   * @return the value
   * @throws IllegalArgumentException if the note is blank
   */
  public static Completeness whole(String note) {
    return new Completeness(false, Objects.requireNonNull(note, "note"));
  }

  /**
   * Returns a value for a session that cannot read all items. The backfill then ends with gaps.
   *
   * @param note the reason, in one sentence without secrets; not blank
   * @return the value
   * @throws IllegalArgumentException if the note is blank
   */
  public static Completeness withGaps(String note) {
    return new Completeness(true, note);
  }

  /**
   * Returns a value for a session whose target withholds its items for now: {@code GitHub has pull
   * requests switched off}. The backfill ends as whole. The engine compares every key at the first
   * completion after the items are available again, unless they were compared before.
   *
   * @param note one sentence without secrets; not blank
   * @return the value
   * @throws IllegalArgumentException if the note is blank
   */
  public static Completeness unavailable(String note) {
    return new Completeness(false, Objects.requireNonNull(note, "note"), true);
  }

  /**
   * Combines the values of two sessions that read one target.
   *
   * @param other the other session's value
   * @return gaps or unavailable if either is, and both notes; equal notes appear once
   */
  public Completeness and(Completeness other) {
    return new Completeness(
        gaps || other.gaps, joined(note, other.note), unavailable || other.unavailable);
  }

  private static @Nullable String joined(@Nullable String one, @Nullable String other) {
    if (one == null || one.equals(other)) {
      return other;
    }
    return other == null ? one : one + "; " + other;
  }
}
