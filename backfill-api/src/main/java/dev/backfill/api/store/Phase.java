package dev.backfill.api.store;

/** What part of its work a backfill is in. The stored text is the name in lower case. */
public enum Phase {
  /** Reading the history from its beginning to its end. */
  HISTORY,
  /** Reading what changed while the history was read. */
  CATCH_UP,
  /** Comparing what is stored with what the source counts. */
  VERIFY
}
