package dev.backfill.core.manager;

/** The state of the manager's circuit breaker: which slices may start. */
public enum CircuitState {
  /** Any number of slices may start. */
  CLOSED,
  /** One slice may start, to find out if it works again. */
  HALF_OPEN,
  /** No slice may start. */
  OPEN
}
