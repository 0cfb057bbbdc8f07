package dev.backfill.core.manager;

import dev.backfill.api.store.BackfillKey;

/**
 * Missing history of a tracked target.
 *
 * @param key which backfill it concerns
 * @param kind what is missing
 * @param text what was found, in one sentence without secrets
 * @param queued whether this created work; false when the work was queued already, or when only a
 *     person can do something about it
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
    /** It failed, or was paused or cancelled, before it was complete. Nothing is queued. */
    STOPPED,
    /** The source could not say how much there is. Nothing is queued. */
    UNKNOWN;

    /**
     * Whether work can bring what is missing.
     *
     * @return false when a person has to do something first
     */
    public boolean isWork() {
      return this != STOPPED && this != UNKNOWN;
    }
  }
}
