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
 * Reads take at most a hundredth of the time, so that many jobs cost little. A failure counts as a
 * read, so that a scrape during an outage calls the store once. Safe for any number of threads.
 */
final class CachedStatistics {

  /** The min time between two reads, in durations of the first one. */
  private static final long MIN_DISTANCE = 100;

  /** The max age of statistics because of a slow read. */
  private static final long MAX_AGE_NANOS = TimeUnit.MINUTES.toNanos(5);

  private final Supplier<JobStatistics> source;
  private final long intervalNanos;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Read latest;

  /** The outcome of a read, statistics or a failure, and the time for which it counts. */
  private record Read(
      long nanos,
      long validNanos,
      @Nullable JobStatistics statistics,
      @Nullable RuntimeException failure) {}

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
      if (read == null || now - read.nanos() >= read.validNanos()) {
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

  private Read read(long begin) {
    try {
      JobStatistics statistics = source.get();
      long end = clock.monotonicTime();
      long distance = Math.min(MAX_AGE_NANOS, MIN_DISTANCE * (end - begin));
      return new Read(end, Math.max(intervalNanos, distance), statistics, null);
    } catch (RuntimeException e) {
      return new Read(clock.monotonicTime(), intervalNanos, null, e);
    }
  }
}
