package dev.backfill.micrometer;

import dev.backfill.core.manager.JobStatistics;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Statistics that are read once for all gauges of a scrape, and once for several scrapes in a row.
 * A failure counts as a read, so that a scrape during an outage calls the store once. Safe for any
 * number of threads.
 */
final class CachedStatistics {

  private final Supplier<JobStatistics> source;
  private final long intervalNanos;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Read latest;

  /** The outcome of a read: statistics or a failure. */
  private record Read(
      long nanos, @Nullable JobStatistics statistics, @Nullable RuntimeException failure) {}

  CachedStatistics(Supplier<JobStatistics> source, Duration interval, Clock clock) {
    this.source = source;
    this.intervalNanos = TimeUnit.NANOSECONDS.convert(interval);
    this.clock = clock;
  }

  /**
   * Returns the statistics.
   *
   * @throws RuntimeException if the last read failed; Micrometer then shows no number and logs it
   */
  JobStatistics get() {
    lock.lock();
    try {
      long now = clock.monotonicTime();
      Read read = latest;
      if (read == null || now - read.nanos() >= intervalNanos) {
        read = read(now);
        latest = read;
      }
      if (read.statistics() != null) {
        return read.statistics();
      }
      throw read.failure() != null ? read.failure() : new IllegalStateException("nothing was read");
    } finally {
      lock.unlock();
    }
  }

  private Read read(long now) {
    try {
      return new Read(now, source.get(), null);
    } catch (RuntimeException e) {
      return new Read(now, null, e);
    }
  }
}
