package dev.backfill.api.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a backfill's status or holder, as it is kept for good: who, when and why.
 *
 * @param sequence its number in the store; grows with each transition of a backfill
 * @param change what has changed
 * @param actor the worker, or the person who asked
 * @param reason what is known of the why: a failure, a wait, what a person said, from whom a lease
 *     was taken over; null when there is nothing to say
 * @param fence the newest fence then
 * @param at when, on the store's clock
 */
public record Transition(
    long sequence, Change change, String actor, @Nullable String reason, long fence, Instant at) {

  /**
   * What has changed.
   *
   * @param from the status before
   * @param to the status after; the same as before when a lease was taken over
   * @param cause what brought it about
   */
  public record Change(BackfillStatus from, BackfillStatus to, Cause cause) {}

  /** What brings a transition about. The stored text is the name in lower case. */
  public enum Cause {
    /** A worker got the lease. */
    CLAIM,
    /** A worker gave the lease back. */
    RELEASE,
    /** A person asked to pause. */
    PAUSE,
    /** A person asked to go on. */
    RESUME,
    /** A person asked to cancel. */
    CANCEL,
    /** A person's request was carried out for a worker that had died. */
    SETTLE;

    /**
     * The cause that a person's request is.
     *
     * @param control the request
     * @return the cause of that name
     */
    public static Cause of(Control control) {
      return switch (control) {
        case PAUSE -> PAUSE;
        case RESUME -> RESUME;
        case CANCEL -> CANCEL;
      };
    }
  }
}
