package dev.backfill.core.internal;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to stop that ends waits and fetches at once and never disturbs a commit. It interrupts
 * only threads inside {@link #interruptibly}, since some embedded databases close their file when a
 * thread is interrupted while it writes.
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
   * Checks if a stop was requested.
   *
   * @return true once {@link #set} was called
   */
  public synchronized boolean isSet() {
    return set;
  }

  /**
   * Runs a step that a stop may interrupt.
   *
   * @param step the step
   * @param <R> the type of its result
   * @return the step's result
   * @throws InterruptedException if the signal is or gets set, or other code interrupts the thread
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
   * A step that can be interrupted.
   *
   * @param <R> the type of its result
   */
  @FunctionalInterface
  public interface InterruptibleStep<R extends @Nullable Object> {

    /**
     * Runs the step.
     *
     * @return its result
     * @throws InterruptedException if the thread is interrupted
     */
    R run() throws InterruptedException;
  }
}
