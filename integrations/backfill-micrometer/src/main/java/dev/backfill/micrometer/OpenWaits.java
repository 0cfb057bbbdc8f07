package dev.backfill.micrometer;

import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;

/**
 * The waits that have not ended. An event announces a wait before it begins, and no event reports
 * its end: the next event of the backfill does, or the wait's own time. Another process may
 * continue the backfill, and then the time does. Safe for any number of threads.
 */
final class OpenWaits {

  private final Recorder recorder;
  private final Map<BackfillKey, Wait> open = new HashMap<>();
  private Instant firstEnd = Instant.MAX;

  /** A wait that was announced. */
  private record Wait(Instant since, Instant until, String reason) {}

  /** The recorder of waits that have ended. */
  @FunctionalInterface
  interface Recorder {
    void ended(BackfillKey key, String reason, Duration time);
  }

  OpenWaits(Recorder recorder) {
    this.recorder = recorder;
  }

  /** Begins a wait, or continues it if it is announced again before its end. */
  synchronized void begin(BackfillKey key, Instant at, Instant until, String reason) {
    Wait before = open.get(key);
    Instant since = at;
    if (before != null && at.isBefore(before.until()) && before.reason().equals(reason)) {
      since = before.since();
    } else {
      end(key, at);
    }
    open.put(key, new Wait(since, until, reason));
    firstEnd = until.isBefore(firstEnd) ? until : firstEnd;
  }

  /** Ends the wait of a backfill, if it waits. */
  synchronized void end(BackfillKey key, Instant at) {
    Wait wait = open.remove(key);
    if (wait != null) {
      record(key, wait, at);
    }
  }

  /** Ends all waits whose time has passed. */
  synchronized void endPassed(Instant now) {
    if (now.isBefore(firstEnd)) {
      return;
    }
    firstEnd = Instant.MAX;
    Iterator<Map.Entry<BackfillKey, Wait>> waits = open.entrySet().iterator();
    while (waits.hasNext()) {
      Map.Entry<BackfillKey, Wait> each = waits.next();
      Instant until = each.getValue().until();
      if (!now.isBefore(until)) {
        waits.remove();
        record(each.getKey(), each.getValue(), until);
      } else if (until.isBefore(firstEnd)) {
        firstEnd = until;
      }
    }
  }

  private void record(BackfillKey key, Wait wait, Instant at) {
    Instant end = at.isBefore(wait.until()) ? at : wait.until();
    Duration time = Duration.between(wait.since(), end);
    // A clock that is set back makes no wait negative.
    recorder.ended(key, wait.reason(), time.isNegative() ? Duration.ZERO : time);
  }
}
