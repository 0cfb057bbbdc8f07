package dev.backfill.core.simulation;

/** Something that must always hold did not. An error, so that no engine takes it for a failure. */
final class Violation extends Error {

  private static final long serialVersionUID = 1L;

  Violation(String rule, String detail) {
    super("violated: " + rule + " - " + detail);
  }
}
