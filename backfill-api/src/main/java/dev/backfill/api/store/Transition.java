package dev.backfill.api.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A change of a backfill's status or holder. Stored for the audit trail.
 *
 * @param sequence number in the store; grows with each transition of a backfill
 * @param from status before
 * @param to status after; equal to {@code from} if a lease was taken over
 * @param cause cause of the change
 * @param actor owner of the lease, or name of the user who asked
 * @param reason a failure, a wait, a user's reason or the former holder of a lease; null without
 *     one
 * @param fence the newest fence at that time
 * @param at time of the change, on the store's clock
 */
public record Transition(
    long sequence,
    BackfillStatus from,
    BackfillStatus to,
    Cause cause,
    String actor,
    @Nullable String reason,
    long fence,
    Instant at) {

  /** The cause of a transition. The stored text is the name in lower case. */
  public enum Cause {
    /** A worker got the lease. */
    CLAIM,
    /** A worker released the lease. */
    RELEASE,
    /** A user asked to pause. */
    PAUSE,
    /** A user asked to resume. */
    RESUME,
    /** A user asked to cancel. */
    CANCEL,
    /** The store carried out a user's request for a worker that had died. */
    SETTLE;

    /**
     * Returns the cause that matches a user's request.
     *
     * @param control the request
     * @return the cause of the same name
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
