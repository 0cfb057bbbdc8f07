package dev.backfill.api.job;

/** The state of a job, beside its backfill's status. The stored text is the name in lower case. */
public enum JobState {
  /** It runs once it is due. */
  QUEUED,
  /** The manager asked another destination to run it. */
  DISPATCHED,
  /** Its history is complete; once due, it fetches new items. */
  IDLE,
  /** Its retries are used up; it tries again by itself, but rarely. */
  FAILED
}
