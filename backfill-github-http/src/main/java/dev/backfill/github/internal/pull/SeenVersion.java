package dev.backfill.github.internal.pull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A version of a list that was read whole. As long as it is the present one, nothing has changed.
 *
 * @param path the list's path and query within the API
 * @param etag GitHub's name for the version
 */
public record SeenVersion(String path, String etag) {

  /**
   * A version to compare with later, unless what changed last did so just now: then replicas that
   * lag may have told an older state of it, and the list has to be read once more.
   *
   * @param newest when the list's first item changed, or null when it has none
   * @param serverTime GitHub's time when it said so
   */
  public static @Nullable SeenVersion of(
      String path, @Nullable String etag, @Nullable Instant newest, Instant serverTime) {
    boolean settled = newest == null || newest.isBefore(serverTime.minus(RecentWalker.OVERLAP));
    return etag != null && settled ? new SeenVersion(path, etag) : null;
  }
}
