package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event of a job.
 *
 * @param sequence number in the store; grows with each event; 0 before the event is stored
 * @param backfill number of the backfill
 * @param kind the kind of event
 * @param destination the destination, or null if it does not matter
 * @param reason the cause, in a few words; from 1 to 2,000 characters, without secrets
 * @param at time of the event, on the manager's clock
 */
public record JobEvent(
    long sequence,
    BackfillId backfill,
    Kind kind,
    @Nullable Destination destination,
    String reason,
    Instant at) {

  /** The kind of an event. The stored text is the name in lower case. */
  public enum Kind {
    /** A user or the manager asked for a run; the reason is the job's. */
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
   * Creates an event that is not stored yet.
   *
   * @param backfill number of the backfill
   * @param kind the kind of event
   * @param destination the destination, or null if it does not matter
   * @param reason the cause, in a few words; from 1 to 2,000 characters, without secrets
   * @param at time of the event, on the manager's clock
   */
  public JobEvent(
      BackfillId backfill,
      Kind kind,
      @Nullable Destination destination,
      String reason,
      Instant at) {
    this(0, backfill, kind, destination, reason, at);
  }

  /**
   * Returns this event with the number that a store gives it.
   *
   * @param number number in the store; 0 for an event that is not stored
   * @return an event that has everything else from this one
   */
  public JobEvent withSequence(long number) {
    return new JobEvent(number, backfill, kind, destination, reason, at);
  }
}
