package dev.backfill.api.source;

/** What part of its work a backfill is in. The stored text is the name in lower case. */
public enum Phase {
  /** Reading the history from its beginning to its end. */
  HISTORY,
  /** Reading again, newest first, what changed while the history was read. */
  CATCH_UP,
  /** Reading items in quarantine again. */
  RETRY,
  /** Comparing what is stored with what the source counts. */
  VERIFY
}
