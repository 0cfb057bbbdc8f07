package dev.backfill.core.manager;

import dev.backfill.api.store.BackfillKey;

/**
 * Missing history of a tracked target.
 *
 * @param key which backfill it concerns
 * @param kind what is missing
 * @param text what was found, in one sentence without secrets
 * @param queued whether this created work; false when the work was queued already, or when it is no
 *     {@linkplain Kind#isWork() work}
 */
public record Finding(BackfillKey key, Kind kind, String text, boolean queued) {

  /** What is missing. */
  public enum Kind {
    /** The source was not brought of this target before. */
    EXTENDED,
    /** Nobody has ever begun. */
    NEVER_STARTED,
    /** Somebody began, and nobody goes on. */
    ABANDONED,
    /** Much less is stored than the source counts. */
    INCOMPLETE,
    /** Items that were listed are neither stored nor in quarantine. */
    GAPS,
    /** The source cannot bring all that it counts, and has said why. Nothing is queued. */
    KNOWN_GAPS,
    /** A person paused or cancelled it before it was complete. Nothing is queued. */
    STOPPED,
    /** It failed before it was complete, and is tried again seldom. Nothing is queued. */
    FAILED,
    /** The source could not say how much there is. Nothing is queued. */
    UNKNOWN;

    /**
     * Whether work can bring what is missing.
     *
     * @return false when more work would change nothing until something else has changed
     */
    public boolean isWork() {
      return this != KNOWN_GAPS && this != STOPPED && this != FAILED && this != UNKNOWN;
    }
  }
}
