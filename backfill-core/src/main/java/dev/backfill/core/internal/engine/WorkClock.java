package dev.backfill.core.internal.engine;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Clock of a slice that measures working time apart from waiting time. */
final class WorkClock {

  private final TimeSource time;
  private final long startNanos;
  private long waitedNanos;
  private long lapNanos;
  private Instant lapStartedAt;

  WorkClock(TimeSource time) {
    this.time = time;
    this.startNanos = time.nanoTime();
    this.lapStartedAt = time.now();
  }

  /** Waits. A stop or a cancellation interrupts it. */
  void sleep(Duration duration, SliceCancellation cancellation) throws InterruptedException {
    cancellation.<@Nullable Void>interruptibly(
        () -> {
          sleep(duration);
          return null;
        });
  }

  private void sleep(Duration duration) throws InterruptedException {
    long before = time.nanoTime();
    try {
      time.sleep(duration);
    } finally {
      waitedNanos += time.nanoTime() - before;
    }
  }

  /** Returns the time since the start, waits included. */
  Duration elapsed() {
    return Duration.ofNanos(time.nanoTime() - startNanos);
  }

  /** Returns the working time since the last lap, and begins the next one. */
  Duration lap() {
    long worked = time.nanoTime() - startNanos - waitedNanos;
    Duration lap = Duration.ofNanos(worked - lapNanos);
    lapNanos = worked;
    lapStartedAt = time.now();
    return lap;
  }

  /** Returns the working time since the last lap so far. */
  Duration sinceLap() {
    return Duration.ofNanos(time.nanoTime() - startNanos - waitedNanos - lapNanos);
  }

  Instant lapStartedAt() {
    return lapStartedAt;
  }
}
