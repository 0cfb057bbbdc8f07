package dev.backfill.core.run;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The end of a slice, which decides what to do next. */
public sealed interface SliceResult {

  /**
   * Returns the backfill as the worker left it.
   *
   * @return the backfill
   */
  Backfill backfill();

  /**
   * Returns the counts of what the slice has committed.
   *
   * @return the counts
   */
  SliceCounts counts();

  /**
   * There is more to do now: a limit of the slice was reached, or the engine was asked to stop.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   */
  record ContinueNow(Backfill backfill, SliceCounts counts) implements SliceResult {}

  /**
   * There is more to do, later. The job holds nothing meanwhile: no thread, no connection, no
   * lease.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   * @param until when to run the next slice
   * @param reason the reason for the wait, in a few words
   */
  record ContinueAt(Backfill backfill, SliceCounts counts, Instant until, String reason)
      implements SliceResult {}

  /**
   * Another worker holds the lease.
   *
   * @param backfill the backfill
   * @param owner the holder's name
   * @param until when the holder's lease ends unless it is renewed, on the store's clock
   */
  record Held(Backfill backfill, String owner, Instant until) implements SliceResult {

    @Override
    public SliceCounts counts() {
      return SliceCounts.NONE;
    }
  }

  /**
   * Everything was read: the whole history, or the quarantine. {@link Backfill#status()} and the
   * counters show if anything is missing.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   */
  record Done(Backfill backfill, SliceCounts counts) implements SliceResult {}

  /**
   * The backfill does not continue by itself.
   *
   * @param backfill the backfill, as far as known
   * @param counts the counts of what the slice has committed
   * @param reason the reason
   * @param message a text for users: the problem, its effect on the data, the fix
   * @param failure the failure behind it, or null if a user asked for it
   */
  record Stopped(
      Backfill backfill,
      SliceCounts counts,
      StopReason reason,
      String message,
      @Nullable BackfillException failure)
      implements SliceResult {}

  /** The reason why a backfill does not continue by itself. */
  enum StopReason {
    /** A user paused it. */
    PAUSED,
    /** A user cancelled it. */
    CANCELLED,
    /** It failed permanently, or transient failures did not end. */
    FAILED,
    /** Another worker took the lease over. */
    LEASE_LOST
  }
}
