package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of a job, as it is stored.
 *
 * @param sequence number in the store; grows with each event
 * @param backfill number of the backfill
 * @param note the event itself
 */
public record JobEvent(long sequence, BackfillId backfill, Note note) {

  /** The kind of an event. The stored text is the name in lower case. */
  public enum Kind {
    /** A user or the manager asked for a run; the reason is the trigger's. */
    TRIGGERED,
    /** The manager decided where it runs. */
    ROUTED,
    /** The manager asked a destination to run it. */
    DISPATCHED,
    /** A worker of the destination took it. */
    CLAIMED,
    /** The destination did not run it; it goes to another one. */
    FELL_BACK,
    /** A run failed at the destination. */
    FAILED,
    /** The manager will try again. */
    RETRIED,
    /** Its retries are used up. */
    GAVE_UP,
    /** A run succeeded at the destination: the history is complete. */
    COMPLETED,
    /** Its target is no longer tracked. */
    UNTRACKED
  }

  /**
   * An event before it is stored, when it has no number yet.
   *
   * @param kind the kind of event
   * @param destination the destination, or null if it does not matter
   * @param reason the cause, in a few words; from 1 to 2,000 characters, without secrets
   * @param at time of the event, on the manager's clock
   */
  public record Note(Kind kind, @Nullable Destination destination, String reason, Instant at) {}
}
