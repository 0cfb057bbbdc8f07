package dev.backfill.core.run;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The result of a job.
 *
 * @param key the backfill
 * @param outcome the outcome
 * @param backfill the backfill afterwards, or null if the store could not be reached
 * @param counts the counts of what the run has committed
 * @param message one sentence for users
 * @param until when to run it again; not null exactly if the outcome is {@link Outcome#WAITING}
 * @param failure the failure behind it, or null if nothing failed
 */
public record JobResult(
    BackfillKey key,
    Outcome outcome,
    @Nullable Backfill backfill,
    SliceResult.Counts counts,
    String message,
    @Nullable Instant until,
    @Nullable BackfillException failure) {

  /** The outcome of a job. */
  public enum Outcome {
    /** The whole history is stored. */
    COMPLETED,
    /** The whole history was read; some items are in quarantine or missing. */
    COMPLETED_WITH_GAPS,
    /** The limit of chunks or time was reached; there is more to do. */
    LIMIT_REACHED,
    /** The engine was asked to stop; there is more to do. */
    INTERRUPTED,
    /** It waits, and continues at a later time. */
    WAITING,
    /** A user paused it. */
    PAUSED,
    /** A user cancelled it. */
    CANCELLED,
    /** It failed; a user or operator has to act. */
    FAILED
  }
}
