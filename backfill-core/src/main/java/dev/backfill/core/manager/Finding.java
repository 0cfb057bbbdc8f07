package dev.backfill.core.manager;

import dev.backfill.api.store.BackfillKey;

/**
 * Missing history of a tracked target.
 *
 * @param key the backfill
 * @param kind the kind of gap
 * @param text one sentence without secrets
 * @param queued true if this created work; false if the work was queued already, or if the finding
 *     is no {@linkplain Kind#isWork() work}
 */
public record Finding(BackfillKey key, Kind kind, String text, boolean queued) {

  /** The kind of missing history. */
  public enum Kind {
    /** The source is new for this target. */
    EXTENDED,
    /** No worker has ever started it. */
    NEVER_STARTED,
    /** A worker started it, and none continues. */
    ABANDONED,
    /** Far fewer items are stored than the source counts. */
    INCOMPLETE,
    /** Listed items are neither stored nor in quarantine. */
    GAPS,
    /** The source cannot return all that it counts, and has reported why. Nothing is queued. */
    KNOWN_GAPS,
    /** A user paused or cancelled it before it was complete. Nothing is queued. */
    STOPPED,
    /** It failed before it was complete, and is retried at long intervals. Nothing is queued. */
    FAILED,
    /** The source could not count its items. Nothing is queued. */
    UNKNOWN;

    /**
     * Checks if work can fetch the missing items.
     *
     * @return false if more work changes nothing until another cause has changed
     */
    public boolean isWork() {
      return this != KNOWN_GAPS && this != STOPPED && this != FAILED && this != UNKNOWN;
    }
  }
}
