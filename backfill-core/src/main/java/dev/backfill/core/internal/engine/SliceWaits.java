package dev.backfill.core.internal.engine;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits of a slice. A short one passes within the slice, a long one ends it. */
final class SliceWaits {

  private static final Logger LOG = LoggerFactory.getLogger(SliceWaits.class);

  /** The policy decides no sooner again, so that a wrong clock cannot spin the loop. */
  private static final Duration MIN_WAIT = Duration.ofMillis(50);

  private final BackfillKey key;
  private final TimeSource time;
  private final WorkClock work;
  private final SliceCancellation cancellation;
  private final Duration maxWait;
  private final SliceEvents events;

  SliceWaits(
      BackfillKey key,
      TimeSource time,
      WorkClock work,
      SliceCancellation cancellation,
      Duration maxWait,
      SliceEvents events) {
    this.key = key;
    this.time = time;
    this.work = work;
    this.cancellation = cancellation;
    this.maxWait = maxWait;
    this.events = events;
  }

  /** Waits and returns null, or returns the end of the slice if the wait is too long for it. */
  @Nullable LoopEnd waitUntil(Instant stated, String reason) throws InterruptedException {
    Instant now = time.now();
    Instant until = capped(stated);
    Duration wait = Duration.between(now, until);
    if (wait.compareTo(MIN_WAIT) < 0) {
      wait = MIN_WAIT;
    }
    LOG.info("{} waits until {}: {}", key, until.truncatedTo(ChronoUnit.SECONDS), reason);
    events.waiting(now, until, reason);
    if (wait.compareTo(maxWait) > 0) {
      return new LoopEnd.Suspended(LeaseRelease.waiting(until, reason));
    }
    work.sleep(wait, cancellation);
    return null;
  }

  /** Returns a time that is no later than the store's maximum of a wait. */
  Instant capped(Instant stated) {
    Instant max = time.now().plus(Backfill.MAX_WAIT);
    return stated.isAfter(max) ? max : stated;
  }
}
