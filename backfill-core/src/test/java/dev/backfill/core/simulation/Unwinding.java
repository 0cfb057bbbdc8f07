package dev.backfill.core.simulation;

/** Ends a worker's thread: its process has died, or the simulation has. */
final class Unwinding extends Error {

  private static final long serialVersionUID = 1L;

  Unwinding(String reason) {
    super(reason, null, false, false);
  }
}
