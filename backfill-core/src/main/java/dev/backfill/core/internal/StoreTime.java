package dev.backfill.core.internal;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The store's clock, carried forward by the machine's {@link TimeSource#nanoTime()}. Every stored
 * moment is on it, so that a machine with a wrong clock misleads no other one. It reads the store's
 * clock every ten minutes, and when the machine's clock was set or the machine slept. If a store
 * has no clock, it carries the machine's own forward. Safe for any number of threads.
 */
public final class StoreTime implements TimeSource {

  /** The max difference between a machine's clock and the store's. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final Duration REFRESH_INTERVAL = Duration.ofMinutes(10);
  private static final Duration JUMP = Duration.ofSeconds(30);

  private final ProgressStore store;
  private final TimeSource time;
  private volatile Reading reading;

  /** The times of the three clocks at one moment. */
  private record Reading(Instant stored, Instant own, long nanos, boolean known) {}

  public StoreTime(ProgressStore store, TimeSource time) {
    this.store = store;
    this.time = time;
    this.reading = new Reading(time.now(), time.now(), time.nanoTime(), false);
  }

  /**
   * Refuses a machine whose clock is minutes away from the store's.
   *
   * @throws InvalidConfigurationException if it is; the message has both times
   */
  public static void check(ProgressStore store, TimeSource time) {
    Optional<Instant> stored = answered(store);
    Instant own = time.now();
    if (stored.isPresent() && Duration.between(stored.get(), own).abs().compareTo(TOLERANCE) > 0) {
      throw new InvalidConfigurationException(
          "This machine's clock shows "
              + own
              + ", the store's clock shows "
              + stored.get()
              + ". Nothing was started, since waits and leases would be wrong. Set the clocks, for"
              + " instance by NTP; they may differ by "
              + TOLERANCE.toMinutes()
              + " minutes.");
    }
  }

  /**
   * Reads the store's clock; empty if the store is away for a moment. Later calls meet that, too,
   * and wait.
   */
  private static Optional<Instant> answered(ProgressStore store) {
    try {
      return store.currentTime();
    } catch (TransientFailureException e) {
      return Optional.empty();
    }
  }

  /** Reads the store's clock, unless that was done in the last minutes. */
  public void refresh() {
    Reading last = reading;
    Duration elapsed = Duration.ofNanos(time.nanoTime() - last.nanos());
    Duration shown = Duration.between(last.own(), time.now());
    if (last.known()
        && elapsed.compareTo(REFRESH_INTERVAL) < 0
        && shown.minus(elapsed).abs().compareTo(JUMP) < 0) {
      return;
    }
    Optional<Instant> stored = store.currentTime();
    // Without the store's clock, the machine's counts as it was when the manager began.
    Instant now = stored.orElseGet(() -> last.stored().plus(elapsed));
    reading = new Reading(now, time.now(), time.nanoTime(), true);
  }

  @Override
  public Instant now() {
    if (!reading.known()) {
      refresh();
    }
    Reading last = reading;
    return last.stored().plusNanos(time.nanoTime() - last.nanos());
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    time.sleep(duration);
  }
}
