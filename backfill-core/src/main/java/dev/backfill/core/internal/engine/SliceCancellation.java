package dev.backfill.core.internal.engine;

import dev.backfill.core.internal.StopSignal;
import dev.backfill.core.internal.StopSignal.InterruptibleStep;
import org.jspecify.annotations.Nullable;

/**
 * Two signals that end the waits and fetches of a slice.
 *
 * @param engine ends all slices of the engine
 * @param slice ends this slice: a user has paused or cancelled it, or its lease is lost
 */
record SliceCancellation(StopSignal engine, StopSignal slice) {

  /** Creates the signals of a new slice. */
  static SliceCancellation of(StopSignal engine) {
    return new SliceCancellation(engine, new StopSignal());
  }

  <R extends @Nullable Object> R interruptibly(InterruptibleStep<R> step)
      throws InterruptedException {
    return engine.interruptibly(() -> slice.interruptibly(step));
  }
}
