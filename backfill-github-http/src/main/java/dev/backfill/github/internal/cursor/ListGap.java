package dev.backfill.github.internal.cursor;

import dev.backfill.api.source.Completeness;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list that GitHub does not return, since it is behind a page cap.
 *
 * @param moment the moment whose items are listed in part, or null if the whole rest of the list is
 *     behind the cap
 */
public record ListGap(@Nullable Instant moment) {

  private static final String REST = "rest";

  /** The whole rest of the list. */
  public static final ListGap OF_REST = new ListGap(null);

  /** Parses the text of {@link #text}; returns null for an empty text. */
  static @Nullable ListGap parse(String text) {
    if (text.isEmpty()) {
      return null;
    }
    return text.equals(REST) ? OF_REST : new ListGap(Instant.parse(text));
  }

  String text() {
    return moment == null ? REST : moment.toString();
  }

  /** Describes the gap of a history for users. */
  public Completeness completeness(String list) {
    return Completeness.withGaps(
        moment == null
            ? end(list)
                + ", so the items behind it are missing; with a token and the transport auto or"
                + " graphql, backfill reload reads them"
            : part(list) + "; the others are missing");
  }

  /** Describes the gap of a key listing for users: items behind the cap may be stored. */
  public Completeness ofKeys(String list) {
    return Completeness.withGaps(
        (moment == null ? end(list) + "; the items behind it" : part(list) + "; the others")
            + " could not be compared with what is stored");
  }

  private static String end(String list) {
    return "GitHub ends the list " + list + " at a page cap";
  }

  private String part(String list) {
    return "GitHub lists only a part of the items of "
        + list
        + " that were updated at "
        + moment
        + ", since they are more than its page cap";
  }
}
