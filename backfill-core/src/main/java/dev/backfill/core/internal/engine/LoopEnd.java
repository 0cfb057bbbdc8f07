package dev.backfill.core.internal.engine;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.LeaseRelease;
import org.jspecify.annotations.Nullable;

/** Reason why the chunk loop ended without a failure. */
sealed interface LoopEnd {

  /**
   * End of a task that has read everything.
   *
   * @param total the total that the source stated last
   * @param completeness the completeness of everything that was read
   * @param counted how many items are stored or in quarantine; null without a verification
   */
  record Finished(Total total, Completeness completeness, @Nullable Long counted)
      implements LoopEnd {}

  /** Request of a user, found in the store. The store carries it out at the release. */
  record Steered() implements LoopEnd {}

  /**
   * Interruption by a limit, by a stop of the engine or by a long wait.
   *
   * @param release the release of a backfill that has more to do
   */
  record Suspended(LeaseRelease release) implements LoopEnd {}
}
