package dev.backfill.core.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The difference of a source that counts more items than it lists, although no listed item is
 * missing. The note of a completion holds it. As long as the difference stays the same, the engine
 * need not list the keys again.
 *
 * @param counted items that the source counts
 * @param seen items that are stored or in quarantine; fewer than counted
 */
public record CountDifference(long counted, long seen) {

  private static final Pattern NOTE =
      Pattern.compile(
          "The source counts (\\d{1,18}) items; (\\d{1,18}) are stored or in quarantine, and none"
              + " that it lists is missing");

  /**
   * Compares two counts.
   *
   * @param counted items that the source counts, or null if it did not count
   * @param seen items that are stored or in quarantine, or null if the sink cannot count
   * @return the difference, or null if the source does not count more
   */
  public static @Nullable CountDifference of(@Nullable Long counted, @Nullable Long seen) {
    return counted == null || seen == null || counted <= seen
        ? null
        : new CountDifference(counted, seen);
  }

  /**
   * Finds the difference that a note holds.
   *
   * @param note the note of a completion, or null
   * @return the difference, or null if there is none
   */
  public static @Nullable CountDifference in(@Nullable String note) {
    if (note == null) {
      return null;
    }
    Matcher matcher = NOTE.matcher(note);
    return matcher.find()
        ? new CountDifference(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2)))
        : null;
  }

  /**
   * Returns the number of items that the source counts too many, by a note.
   *
   * @param note the note of a completion, or null
   * @return items; 0 without a difference
   */
  public static long tolerated(@Nullable String note) {
    CountDifference known = in(note);
    return known == null ? 0 : Math.max(0, known.counted - known.seen);
  }

  /**
   * Describes the difference.
   *
   * @return a sentence that {@link #in} finds again
   */
  public String note() {
    return "The source counts "
        + counted
        + " items; "
        + seen
        + " are stored or in quarantine, and none that it lists is missing";
  }
}
