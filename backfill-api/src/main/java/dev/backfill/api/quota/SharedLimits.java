package dev.backfill.api.quota;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Limits that clients in several processes share. If an API limits one client, the others of the
 * same principal send nothing either until the limit is over.
 *
 * <p><b>Contract.</b> <i>Called by</i> clients. A client reads when a session begins, at most once
 * a second while it sends requests, and when it was limited. It writes when it was limited and when
 * its first request after that was answered. <i>Threads:</i> any number, of any number of
 * processes; a client calls from a thread of its own that is never interrupted. <i>Blocking:</i>
 * allowed; a client continues without an answer after two seconds. <i>Throws:</i> any {@link
 * RuntimeException}; a client logs it and continues as if nothing was shared, so that no reading
 * fails because of it. <i>Clock:</i> the store's. A stored limit counts for {@link #MAX} at most,
 * and not at all while the store's clock is before the moment at which it was stored.
 */
public interface SharedLimits {

  /** The max time for which a stored limit counts: 2 hours. */
  Duration MAX = Duration.ofHours(2);

  /**
   * Reads the limits that count now.
   *
   * @param principals keys of principals: texts from 1 to 64 characters without secrets, such as a
   *     hash; any number
   * @return the limits by resource, for each principal that has one, by its key; with the durations
   *     that are left
   */
  Map<String, Map<String, SharedLimit>> read(Set<String> principals);

  /**
   * Stores a limit that a client met. If a stored wait still counts, the later end of the two
   * stays, and the larger number of refusals. Stored points stay if the new limit has none.
   *
   * @param principal the principal's key
   * @param resource the resource that the limit holds for, such as {@code core}; from 1 to 64
   *     characters
   * @param limit the limit; a wait longer than {@link #MAX} counts as {@link #MAX}
   */
  void limited(String principal, String resource, SharedLimit limit);

  /**
   * Stores that the API answered a request after refusals: they are no longer in a row. The other
   * parts of the limit stay. Has no effect if nothing is stored.
   *
   * @param principal the principal's key
   * @param resource the resource
   */
  void recovered(String principal, String resource);
}
