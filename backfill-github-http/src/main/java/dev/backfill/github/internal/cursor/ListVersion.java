package dev.backfill.github.internal.cursor;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of a list that was read whole. As long as it is the present one, nothing has changed.
 *
 * @param path the list's path and query within the API
 * @param etag GitHub's name for the version
 */
public record ListVersion(String path, String etag) {

  /** How much of what is done the next catch-up reads again, for items that became visible late. */
  public static final Duration OVERLAP = Duration.ofMinutes(2);

  /**
   * A version to compare with later, unless what changed last did so just now: then replicas that
   * lag may have told an older state of it, and the list has to be read once more.
   *
   * @param newest when the list's first item changed, or null when it has none
   * @param serverTime GitHub's time when it said so
   */
  public static @Nullable ListVersion of(
      String path, @Nullable String etag, @Nullable Instant newest, Instant serverTime) {
    boolean settled = newest == null || newest.isBefore(serverTime.minus(OVERLAP));
    return etag != null && settled ? new ListVersion(path, etag) : null;
  }
}
