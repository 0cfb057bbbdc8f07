package dev.backfill.micrometer;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.run.SliceResult;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * The context of a slice's observation, for handlers, filters and predicates of the host. Used by
 * the thread that runs the slice.
 */
public final class SliceObservationContext extends Observation.Context {

  private final BackfillKey key;
  private @Nullable SliceResult result;

  SliceObservationContext(BackfillKey key) {
    this.key = key;
  }

  void ended(SliceResult end) {
    this.result = end;
  }

  /**
   * Returns the backfill.
   *
   * @return its source and target
   */
  public BackfillKey key() {
    return key;
  }

  /**
   * Returns the end of the slice.
   *
   * @return the result; null until the slice has ended, and if it ended by an exception
   */
  public @Nullable SliceResult result() {
    return result;
  }
}
