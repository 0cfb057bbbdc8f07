package dev.backfill.api.event;

import java.time.Duration;
import java.time.Instant;

/** The forecast of a backfill's end, or the reason why there is none. */
public sealed interface Eta {

  /**
   * A forecast from the recent rate, pauses and waits excluded.
   *
   * @param remaining working time that is left; 0 or more
   */
  record Ready(Duration remaining) implements Eta {}

  /**
   * A wait that ends by itself.
   *
   * @param until end of the wait, on the local clock
   * @param reason cause of the wait, in a few words
   */
  record BlockedUntil(Instant until, String reason) implements Eta {}

  /** A state without a time. */
  enum State implements Eta {
    /** Too few chunks were measured yet. */
    MEASURING,
    /**
     * The number of remaining items is unknown: the source does not know the size of the history,
     * or items are read again, whose number shows only at the end.
     */
    UNKNOWN_TOTAL,
    /** Nothing is left to do. */
    DONE
  }
}
