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
  VERIFY;

  /**
   * Whether items of this phase were passed before, so that one counts as processed only when it
   * turns out to be new.
   *
   * @return true for all but {@link #HISTORY}
   */
  public boolean readsAgain() {
    return this != HISTORY;
  }
}
