package dev.backfill.core.run;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What came of a job.
 *
 * @param key which job
 * @param outcome how it ended
 * @param backfill the backfill as it was left, or null when the store could not be reached
 * @param counts what the run has committed
 * @param message one sentence for people
 * @param until when to come back; not null exactly when the outcome is {@link Outcome#WAITING}
 * @param failure the failure behind it, or null when nothing failed
 */
public record JobResult(
    BackfillKey key,
    Outcome outcome,
    @Nullable Backfill backfill,
    SliceCounts counts,
    String message,
    @Nullable Instant until,
    @Nullable BackfillException failure) {

  /** How a job ended. */
  public enum Outcome {
    /** The whole history is stored. */
    COMPLETED,
    /** The whole history was read; some items are in quarantine or missing. */
    COMPLETED_WITH_GAPS,
    /** The limit of chunks or time is reached; there is more to do. */
    LIMIT_REACHED,
    /** It was asked to stop; there is more to do. */
    INTERRUPTED,
    /** It goes on at a later time. */
    WAITING,
    /** A person paused it. */
    PAUSED,
    /** A person cancelled it. */
    CANCELLED,
    /** A person has to look. */
    FAILED
  }
}
