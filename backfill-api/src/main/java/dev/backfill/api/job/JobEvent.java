package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What has happened to a job, as it is kept for good.
 *
 * @param sequence its number in the store; grows with each event
 * @param backfill whose event it is
 * @param note what has happened
 */
public record JobEvent(long sequence, BackfillId backfill, Note note) {

  /** What has happened. The stored text is the name in lower case. */
  public enum Kind {
    /** Somebody asked for the job; the reason is the trigger's. */
    TRIGGERED,
    /** It was decided where it runs. */
    ROUTED,
    /** A destination was asked to run it. */
    DISPATCHED,
    /** A worker of the destination took it. */
    CLAIMED,
    /** The destination did not do it; it goes to another one. */
    FELL_BACK,
    /** A run failed at the destination. */
    FAILED,
    /** It will be tried again. */
    RETRIED,
    /** Its retries are used up. */
    GAVE_UP,
    /** A run ended well at the destination: the history is complete. */
    COMPLETED,
    /** Its target is no longer tracked. */
    UNTRACKED
  }

  /**
   * What has happened.
   *
   * @param kind of what kind it is
   * @param destination where, or null where that does not matter
   * @param reason why, in a few words; from 1 to 2,000 characters, without secrets
   * @param at when, on the manager's clock
   */
  public record Note(Kind kind, @Nullable Destination destination, String reason, Instant at) {}
}
