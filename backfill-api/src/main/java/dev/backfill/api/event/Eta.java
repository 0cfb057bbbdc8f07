package dev.backfill.api.event;

import java.time.Duration;
import java.time.Instant;

/** When a backfill will be done, or why nobody can say. */
public sealed interface Eta {

  /** Too few chunks were measured yet. */
  record Measuring() implements Eta {}

  /**
   * A forecast from the recent rate, pauses and waits excluded.
   *
   * @param remaining working time that is left; zero or more
   */
  record Ready(Duration remaining) implements Eta {}

  /**
   * It waits, and goes on by itself.
   *
   * @param until when, on the local clock
   * @param reason what it waits for, in a few words
   */
  record BlockedUntil(Instant until, String reason) implements Eta {}

  /**
   * Nobody can say how much is left: the source does not know how long the history is, or items are
   * being read again, and how many of them there are shows only at their end.
   */
  record UnknownTotal() implements Eta {}

  /** Nothing is left to do. */
  record Done() implements Eta {}
}
