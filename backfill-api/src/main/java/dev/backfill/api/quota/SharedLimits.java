package dev.backfill.api.quota;

import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * Limits that clients in several processes share: when an API limits one of them, the others of the
 * same principal send nothing either until the limit is over.
 *
 * <p><b>Contract.</b> <i>Caller:</i> a client reads when a session begins, at most once a second
 * while requests leave, and when it was limited; it writes when it was limited and when the first
 * request after that was answered. <i>Threads:</i> any number, of any number of processes; a client
 * calls from a thread of its own that is never interrupted. <i>Blocking:</i> may block; a client
 * goes on without an answer after two seconds. <i>Exceptions:</i> any {@link RuntimeException}; a
 * client logs it and goes on as if nothing was shared, so that no reading fails because of it.
 * <i>Time:</i> the clock of the store decides. What was stored counts for {@link #MAX} at most, and
 * not at all while the store's clock is before the moment at which it was stored.
 */
public interface SharedLimits {

  /** The max time for which a stored limit counts: 2 hours. */
  Duration MAX = Duration.ofHours(2);

  /**
   * A limit as it is now.
   *
   * @param limit the limit; what is left of its lengths
   * @param age how long ago it was stored last; from 0 to {@link #MAX}
   */
  record Stored(SharedLimit limit, Duration age) {}

  /**
   * Reads what counts now.
   *
   * @param principals keys of principals: texts from 1 to 64 characters that hold no secret, such
   *     as a hash; any number
   * @return for each principal of which something counts, by its key, the limits by their resources
   */
  Map<String, Map<String, Stored>> read(Set<String> principals);

  /**
   * Stores a limit that was met. A wait that counts already and ends later stays, as do the larger
   * number of refusals of that wait, and points that were learned where this limit has none.
   *
   * @param principal the principal's key
   * @param resource what the limit holds for, such as {@code core}; from 1 to 64 characters
   * @param limit the limit; a wait longer than {@link #MAX} counts as that long
   */
  void limited(String principal, String resource, SharedLimit limit);

  /**
   * Stores that a request was answered after refusals: they are no longer in a row. The other parts
   * of the limit stay. Has no effect where nothing is stored.
   *
   * @param principal the principal's key
   * @param resource the resource
   */
  void recovered(String principal, String resource);
}
