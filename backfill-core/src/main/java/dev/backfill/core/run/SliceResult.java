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
  Counts counts();

  /**
   * There is more to do now: a limit of the slice was reached, or the engine was asked to stop.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   */
  record ContinueNow(Backfill backfill, Counts counts) implements SliceResult {}

  /**
   * There is more to do, later. The job holds nothing meanwhile: no thread, no connection, no
   * lease.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   * @param until when to run the next slice
   * @param reason the reason for the wait, in a few words
   */
  record ContinueAt(Backfill backfill, Counts counts, Instant until, String reason)
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
    public Counts counts() {
      return Counts.NONE;
    }
  }

  /**
   * Everything was read: the whole history, or the quarantine. {@link Backfill#status()} and the
   * counters show if anything is missing.
   *
   * @param backfill the backfill
   * @param counts the counts of what the slice has committed
   */
  record Done(Backfill backfill, Counts counts) implements SliceResult {}

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
      Counts counts,
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

  /**
   * The counts of what a slice or a run has committed.
   *
   * @param chunks the number of chunks
   * @param items the number of items that went to the sink
   * @param inserted the number of these that were new
   * @param updated the number of these that replaced an older copy
   * @param quarantined the number of items that went to quarantine
   * @param quotaSpent units of quota that it cost, also if nothing new was found
   */
  record Counts(
      long chunks, long items, long inserted, long updated, long quarantined, long quotaSpent) {

    /** The counts of a slice that committed nothing. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

    /**
     * Adds counts.
     *
     * @param other the other counts
     * @return the sums
     */
    public Counts plus(Counts other) {
      return new Counts(
          chunks + other.chunks,
          items + other.items,
          inserted + other.inserted,
          updated + other.updated,
          quarantined + other.quarantined,
          quotaSpent + other.quotaSpent);
    }
  }
}
