package dev.backfill.github.internal.throttle;

/** The kind of a limit that GitHub reports. */
public enum LimitKind {
  PRIMARY,
  SECONDARY
}
