package dev.backfill.testkit;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A time source that moves only if a test advances it or a caller sleeps. A sleep takes no real
 * time, advances the time by its duration and is recorded. Safe for any number of threads.
 */
public final class ManualTimeSource implements TimeSource {

  private final List<Duration> sleeps = new ArrayList<>();
  private final Instant start;
  private long elapsedNanos;

  /**
   * Creates a time source that starts at a given time.
   *
   * @param start the first {@link #now()}
   */
  public ManualTimeSource(Instant start) {
    this.start = Objects.requireNonNull(start, "start");
  }

  /** Creates a time source that starts at the beginning of 2026, UTC. */
  public ManualTimeSource() {
    this(Instant.parse("2026-01-01T00:00:00Z"));
  }

  @Override
  public synchronized Instant now() {
    return start.plusNanos(elapsedNanos);
  }

  @Override
  public synchronized long nanoTime() {
    return elapsedNanos;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (duration.isNegative()) {
      return;
    }
    synchronized (this) {
      sleeps.add(duration);
      elapsedNanos += duration.toNanos();
    }
  }

  /**
   * Advances the time.
   *
   * @param duration by how much; not negative
   */
  public synchronized void advance(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("time does not go back, not by " + duration);
    }
    elapsedNanos += duration.toNanos();
  }

  /**
   * Returns the sleeps so far.
   *
   * @return the durations in order, as a copy
   */
  public synchronized List<Duration> sleeps() {
    return List.copyOf(sleeps);
  }
}
