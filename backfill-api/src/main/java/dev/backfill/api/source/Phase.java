package dev.backfill.api.source;

/** A part of a backfill's work. The stored text is the name in lower case. */
public enum Phase {
  /** Reading the history from its beginning to its end. */
  HISTORY,
  /** Reading again, newest first, the items that changed while the history was read. */
  CATCH_UP,
  /** Reading items in quarantine again. */
  RETRY,
  /** Comparing the stored items with the source's count. */
  VERIFY;

  /**
   * Checks if this phase reads items that the backfill has passed before. Such an item counts as
   * processed only if it turns out to be new.
   *
   * @return true for all but {@link #HISTORY}
   */
  public boolean readsAgain() {
    return this != HISTORY;
  }
}
