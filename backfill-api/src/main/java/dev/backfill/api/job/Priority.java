package dev.backfill.api.job;

/** The urgency of a job, most urgent first. The stored text is the name in lower case. */
public enum Priority {
  /** A user asked for it and waits. */
  MANUAL,
  /** The target is newly tracked. */
  TRACKED,
  /** History is missing. */
  DETECTED,
  /** The sync interval is over. */
  SCHEDULED
}
