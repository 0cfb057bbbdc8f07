package dev.backfill.core;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** A time that only a test moves: a thread that sleeps stays asleep until then. */
final class SteppedTimeSource implements TimeSource {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private long elapsedNanos;

  @Override
  public synchronized Instant now() {
    return START.plusNanos(elapsedNanos);
  }

  @Override
  public synchronized long nanoTime() {
    return elapsedNanos;
  }

  @Override
  public synchronized void sleep(Duration duration) throws InterruptedException {
    long end = elapsedNanos + duration.toNanos();
    while (elapsedNanos < end) {
      wait();
    }
  }

  synchronized void advance(Duration duration) {
    elapsedNanos += duration.toNanos();
    notifyAll();
  }
}
