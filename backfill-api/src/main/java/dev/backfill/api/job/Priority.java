package dev.backfill.api.job;

/** How urgent a job is, from the most urgent on. The stored text is the name in lower case. */
public enum Priority {
  /** A person asked for it and waits. */
  MANUAL,
  /** A target is newly tracked. */
  TRACKED,
  /** Missing history was detected. */
  DETECTED,
  /** It is time to look for what is new. */
  SCHEDULED
}
