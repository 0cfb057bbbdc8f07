package dev.backfill.api.store;

/**
 * A user's request for a backfill. It is stored, survives restarts, and takes effect at the next
 * chunk.
 */
public enum Control {
  /** Stop after the chunk that is being stored, until a user resumes. */
  PAUSE,
  /**
   * Continue after a pause, a cancel or a failure, or before a wait is over: with a new token, for
   * example.
   */
  RESUME,
  /** Stop for good after the chunk that is being stored; stored items stay. */
  CANCEL
}
