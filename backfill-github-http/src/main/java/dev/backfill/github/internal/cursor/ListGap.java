package dev.backfill.github.internal.cursor;

import dev.backfill.api.source.Completeness;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list that GitHub does not hand out, since it lies behind a page cap.
 *
 * @param moment the moment whose items are listed in part, or null if the whole rest of the list is
 *     behind the cap
 */
public record ListGap(@Nullable Instant moment) {

  private static final String REST = "rest";

  /** The whole rest of the list. */
  public static final ListGap OF_REST = new ListGap(null);

  /** Reads what {@link #text} wrote; null for an empty text. */
  static @Nullable ListGap parse(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return text.equals(REST) ? OF_REST : new ListGap(Instant.parse(text));
  }

  String text() {
    return moment == null ? REST : moment.toString();
  }

  /** Describes the gap for users. */
  public Completeness completeness(String list) {
    return Completeness.withGaps(
        moment == null
            ? "GitHub ends the list "
                + list
                + " at a page cap, so the items behind it are missing; with a token and the"
                + " transport auto or graphql, backfill reload reads them"
            : "GitHub lists only a part of the items of "
                + list
                + " that were updated at "
                + moment
                + ", since they are more than its page cap; the others are missing");
  }
}
