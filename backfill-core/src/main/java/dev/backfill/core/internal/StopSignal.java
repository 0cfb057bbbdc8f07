package dev.backfill.core.internal;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop that ends waits and fetches at once and never disturbs a commit: only threads
 * inside {@link #interruptibly} are interrupted, since some embedded databases close their file
 * when a thread is interrupted while it writes.
 */
public final class StopSignal {

  private final Set<Thread> interruptible = new HashSet<>();
  private boolean set;

  /** Creates a signal that is not set. */
  public StopSignal() {}

  /** Sets the signal, for good. */
  public synchronized void set() {
    set = true;
    interruptible.forEach(Thread::interrupt);
  }

  /**
   * Whether a stop was asked for.
   *
   * @return true once {@link #set} was called
   */
  public synchronized boolean isSet() {
    return set;
  }

  /**
   * Runs something that a stop may interrupt.
   *
   * @param step what to run
   * @param <R> what it gives
   * @return what the step gave
   * @throws InterruptedException when the signal is or gets set, or the thread is interrupted by
   *     somebody else
   */
  public <R extends @Nullable Object> R interruptibly(InterruptibleStep<R> step)
      throws InterruptedException {
    synchronized (this) {
      if (set) {
        throw new InterruptedException("asked to stop");
      }
      interruptible.add(Thread.currentThread());
    }
    try {
      return step.run();
    } finally {
      synchronized (this) {
        interruptible.remove(Thread.currentThread());
        if (set) {
          Thread.interrupted();
        }
      }
    }
  }

  /**
   * Something that can be interrupted.
   *
   * @param <R> what it gives
   */
  @FunctionalInterface
  public interface InterruptibleStep<R extends @Nullable Object> {

    /**
     * Does it.
     *
     * @return its result
     * @throws InterruptedException when the thread is interrupted
     */
    R run() throws InterruptedException;
  }
}
