package dev.backfill.api.time;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A source of time: a wall clock, a clock that only moves forward, and sleeping.
 *
 * <p><b>Contract.</b> Called from any thread, concurrently. {@link #now()} and {@link #nanoTime()}
 * do not block. The engine never reads any other clock. A test passes its own time, and no test
 * sleeps.
 */
public interface TimeSource {

  /** The machine's own time; safe for any number of threads. */
  TimeSource SYSTEM =
      new TimeSource() {
        @Override
        public Instant now() {
          return Instant.now();
        }

        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void sleep(Duration duration) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        }
      };

  /**
   * Returns the time of the wall clock.
   *
   * @return now, in UTC; may jump when the machine's clock is set
   */
  Instant now();

  /**
   * Returns the time of a clock for measuring, as {@link System#nanoTime()}.
   *
   * @return nanoseconds since an arbitrary point; never goes back
   */
  long nanoTime();

  /**
   * Blocks the calling thread.
   *
   * @param duration the length; zero or negative returns at once
   * @throws InterruptedException at once if the thread is or gets interrupted
   */
  void sleep(Duration duration) throws InterruptedException;

  /**
   * Returns the machine's own time.
   *
   * @return a shared instance, safe for any number of threads
   */
  static TimeSource system() {
    return SYSTEM;
  }
}
