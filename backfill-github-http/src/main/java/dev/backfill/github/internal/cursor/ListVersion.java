package dev.backfill.github.internal.cursor;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of a list that was read whole. As long as it is the present one, nothing has changed.
 *
 * @param path the list's path and query within the API
 * @param etag the name of the version: GitHub's, or one that begins with a digest of the items
 */
public record ListVersion(String path, String etag) {

  /**
   * The time before its start that the next catch-up reads again, for items that became visible
   * late.
   */
  public static final Duration OVERLAP = Duration.ofMinutes(2);

  /**
   * Returns a version to compare with later, or null if the last change was just now. In that case
   * a lagging replica may have returned an older state, and the list has to be read once more.
   *
   * @param newest the time of change of the list's first item, or null if it is empty
   * @param serverTime GitHub's time of the response
   */
  public static @Nullable ListVersion of(
      String path, @Nullable String etag, @Nullable Instant newest, Instant serverTime) {
    boolean settled = newest == null || newest.isBefore(serverTime.minus(OVERLAP));
    return etag != null && settled ? new ListVersion(path, etag) : null;
  }
}
