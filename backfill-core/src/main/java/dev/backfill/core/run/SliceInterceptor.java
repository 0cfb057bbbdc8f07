package dev.backfill.core.run;

import dev.backfill.api.store.BackfillKey;

/**
 * An interceptor of slices. It wraps each slice on the thread that runs it: opens a span of a
 * trace, or sets the context of a log.
 *
 * <p><b>Contract.</b> <i>Called by</i> the thread that runs the slice, once for each slice, before
 * the slice reads or claims anything. That includes slices that end at once, such as one whose
 * lease another worker holds. Each thread that runs slices calls it, so it is safe for any number
 * of them. <i>Order:</i> the interceptor that was added first is the outermost. <i>Duty:</i> calls
 * {@link Slice#run()} once, on the same thread, and returns its result. <i>Effect:</i> none on the
 * slice. The engine returns the result of the slice, or throws its exception, whatever the
 * interceptor returns. If an interceptor has not run the slice, the engine runs it. <i>Throws:</i>
 * the exceptions of the slice. The engine logs and ignores any other {@link RuntimeException}; an
 * {@link Error} passes through. <i>Blocking:</i> none; its own time counts for no chunk, but the
 * thread is busy. <i>Interrupt:</i> leaves the thread's interrupt status as it is. <i>Null:</i>
 * never.
 */
@FunctionalInterface
public interface SliceInterceptor {

  /**
   * Runs a slice inside the interceptor's own context.
   *
   * @param slice the slice
   * @return the result of {@link Slice#run()}
   * @throws InterruptedException if the slice throws it
   */
  SliceResult intercept(Slice slice) throws InterruptedException;

  /** A slice that is about to run. Used once, by one thread. */
  interface Slice {

    /**
     * Returns the backfill.
     *
     * @return its source and target
     */
    BackfillKey key();

    /**
     * Runs the slice.
     *
     * @return the end of the slice; failures of the source and the store are results, not
     *     exceptions
     * @throws InterruptedException if the thread is interrupted while the slice fetches or waits;
     *     its lease was released
     * @throws dev.backfill.api.failure.BackfillException if the slice could not begin
     * @throws IllegalStateException if the slice was run already
     */
    SliceResult run() throws InterruptedException;
  }
}
