package dev.backfill.core.internal.engine;

import dev.backfill.core.internal.StopSignal;
import dev.backfill.core.internal.StopSignal.InterruptibleStep;
import org.jspecify.annotations.Nullable;

/**
 * What may end the waits and fetches of a slice.
 *
 * @param engine all slices of the engine are asked to stop
 * @param slice this one: a person asked to pause or cancel, or its lease is lost
 */
record SliceCancellation(StopSignal engine, StopSignal slice) {

  /** A slice that only the engine can stop. */
  static SliceCancellation of(StopSignal engine) {
    return new SliceCancellation(engine, new StopSignal());
  }

  <R extends @Nullable Object> R interruptibly(InterruptibleStep<R> step)
      throws InterruptedException {
    return engine.interruptibly(() -> slice.interruptibly(step));
  }
}
