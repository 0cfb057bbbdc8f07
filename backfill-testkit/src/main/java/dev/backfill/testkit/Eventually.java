package dev.backfill.testkit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A wait in a test for the result of another thread or process. A test that waits here ends as soon
 * as the condition holds, and its verdict does not depend on the speed of the machine.
 */
public final class Eventually {

  private static final Duration BOUND = Duration.ofMinutes(1);
  private static final long POLL_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private Eventually() {}

  /**
   * A condition that may fail.
   *
   * @param <E> its failure
   */
  @FunctionalInterface
  public interface Condition<E extends Exception> {

    /**
     * Checks once.
     *
     * @return true if the test may continue
     * @throws E if the check itself fails
     */
    boolean holds() throws E;
  }

  /**
   * Blocks until a condition holds, for one minute at most.
   *
   * @param subject names the condition in the failure, as in "the job is idle"; not null
   * @param condition checked every few milliseconds on the calling thread; not null
   * @param <E> the failure of the condition
   * @throws E from the condition, at once
   * @throws AssertionError if the condition does not hold after one minute
   * @throws InterruptedException if the thread is interrupted
   */
  public static <E extends Exception> void until(String subject, Condition<E> condition)
      throws E, InterruptedException {
    until(subject, BOUND, condition);
  }

  /**
   * Blocks until a condition holds, for a stated time at most.
   *
   * @param subject names the condition in the failure; not null
   * @param bound the max time to wait; positive
   * @param condition checked every few milliseconds on the calling thread; not null
   * @param <E> the failure of the condition
   * @throws E from the condition, at once
   * @throws AssertionError if the condition does not hold in time
   * @throws InterruptedException if the thread is interrupted
   */
  public static <E extends Exception> void until(
      String subject, Duration bound, Condition<E> condition) throws E, InterruptedException {
    long began = System.nanoTime();
    while (!condition.holds()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("while waiting until " + subject);
      }
      if (System.nanoTime() - began > bound.toNanos()) {
        throw new AssertionError("It was not true within " + bound + " that " + subject + ".");
      }
      LockSupport.parkNanos(POLL_INTERVAL_NANOS);
    }
  }
}
