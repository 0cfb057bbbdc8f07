package dev.backfill.api.store;

/**
 * What a person can ask of a backfill. It is stored, survives restarts, and takes effect at the
 * next chunk.
 */
public enum Control {
  /** Stop after the chunk that is being stored, until resumed. */
  PAUSE,
  /**
   * Go on after a pause, a cancel or a failure, or before a wait is over: with a new token, say.
   */
  RESUME,
  /** Stop after the chunk that is being stored, for good; what is stored stays. */
  CANCEL
}
