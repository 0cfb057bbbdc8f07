package dev.backfill.api.job;

/** Where a job stands, beside its backfill's status. The stored text is the name in lower case. */
public enum JobState {
  /** It is to run once it is due. */
  QUEUED,
  /** Another destination was asked to run it. */
  DISPATCHED,
  /** Its history is complete; once due, it looks for what is new. */
  IDLE,
  /** Its retries are used up; once due, which is rarely, it tries again by itself. */
  FAILED
}
