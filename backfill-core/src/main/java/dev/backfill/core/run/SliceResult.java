package dev.backfill.core.run;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a slice ended, and so what to do next. */
public sealed interface SliceResult {

  /**
   * The backfill as the worker left it.
   *
   * @return the backfill
   */
  Backfill backfill();

  /**
   * What the slice has committed.
   *
   * @return the counts
   */
  SliceCounts counts();

  /**
   * There is more to do, and nothing stands in the way: the slice was used up, or the engine was
   * asked to stop.
   *
   * @param backfill the backfill
   * @param counts what the slice has committed
   */
  record ContinueNow(Backfill backfill, SliceCounts counts) implements SliceResult {}

  /**
   * There is more to do, later. Nothing is held meanwhile: no thread, no connection, no lease.
   *
   * @param backfill the backfill
   * @param counts what the slice has committed
   * @param until when to run the next slice
   * @param reason what it waits for, in a few words
   */
  record ContinueAt(Backfill backfill, SliceCounts counts, Instant until, String reason)
      implements SliceResult {}

  /**
   * Another worker holds the lease.
   *
   * @param backfill the backfill
   * @param owner the holder's name
   * @param until when its lease ends unless it is renewed, on the store's clock
   */
  record Held(Backfill backfill, String owner, Instant until) implements SliceResult {

    @Override
    public SliceCounts counts() {
      return SliceCounts.NONE;
    }
  }

  /**
   * All that was asked for has been read: the whole history, or the quarantine. {@link
   * Backfill.State#status()} and the counters say whether anything is missing.
   *
   * @param backfill the backfill
   * @param counts what the slice has committed
   */
  record Done(Backfill backfill, SliceCounts counts) implements SliceResult {}

  /**
   * It does not go on by itself.
   *
   * @param backfill the backfill, as far as it is known
   * @param counts what the slice has committed
   * @param reason why
   * @param message one sentence: what happened, what it means for the data, what to do
   * @param failure the failure behind it, or null when a person asked for it
   */
  record Stopped(
      Backfill backfill,
      SliceCounts counts,
      StopReason reason,
      String message,
      @Nullable BackfillException failure)
      implements SliceResult {}

  /** Why a backfill does not go on by itself. */
  enum StopReason {
    /** A person paused it. */
    PAUSED,
    /** A person cancelled it. */
    CANCELLED,
    /** Something failed that trying again does not mend, or that went on failing. */
    FAILED,
    /** Another worker took the lease over. */
    LEASE_LOST
  }
}
