package dev.backfill.api.time;

import java.time.Duration;
import java.time.Instant;

/**
 * Time as the library sees it: the clock on the wall, a clock that only goes forward, and sleeping.
 *
 * <p><b>Contract.</b> Called from any thread, concurrently. {@link #now()} and {@link #nanoTime()}
 * do not block. The engine never reads any other clock; a test passes a time of its own and no test
 * sleeps.
 */
public interface TimeSource {

  /**
   * The time on the wall.
   *
   * @return now, in UTC; may jump when the machine's clock is set
   */
  Instant now();

  /**
   * A clock for measuring, as {@link System#nanoTime()}.
   *
   * @return nanoseconds since an arbitrary point; never goes back
   */
  long nanoTime();

  /**
   * Blocks the calling thread.
   *
   * @param duration how long; zero or negative returns at once
   * @throws InterruptedException at once when the thread is or gets interrupted
   */
  void sleep(Duration duration) throws InterruptedException;

  /**
   * The machine's own time.
   *
   * @return a shared instance, safe for any number of threads
   */
  static TimeSource system() {
    return SystemTimeSource.INSTANCE;
  }
}
