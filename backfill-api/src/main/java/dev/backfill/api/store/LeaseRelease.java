package dev.backfill.api.store;

import dev.backfill.api.policy.Decision.Wait;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The state in which a worker leaves a backfill.
 *
 * @param status the status
 * @param waiting the end of the wait and its reason; not null exactly for {@link
 *     BackfillStatus#WAITING}
 * @param error the error, or null if there was none
 * @param counted for a completion: the number of items that are stored or in quarantine, as counted
 *     where they are; null if they could not be counted
 * @param note for a completion: the source's remark on it, see {@link
 *     dev.backfill.api.source.Completeness#note()}; null without one, which clears an earlier note
 */
public record LeaseRelease(
    BackfillStatus status,
    @Nullable Wait waiting,
    @Nullable String error,
    @Nullable Long counted,
    @Nullable String note) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the status is one that needs a lease, or does not fit the
   *     wait, the count or the note
   */
  public LeaseRelease {
    if (status == BackfillStatus.RUNNING
        || status == BackfillStatus.PAUSING
        || status == BackfillStatus.CANCELLING) {
      throw new IllegalArgumentException("a release cannot leave a backfill in status " + status);
    }
    if (counted != null && (counted < 0 || !status.isCompleted())) {
      throw new IllegalArgumentException(counted + " items do not fit status " + status);
    }
    if (note != null && (note.isBlank() || !status.isCompleted())) {
      throw new IllegalArgumentException("the note " + note + " does not fit status " + status);
    }
    if ((status == BackfillStatus.WAITING) != (waiting != null)) {
      throw new IllegalArgumentException("status " + status + " does not fit the wait " + waiting);
    }
  }

  /**
   * Creates a release without a note.
   *
   * @param status the status
   * @param waiting the end of the wait and its reason, or null
   * @param error the error, or null if there was none
   * @param counted for a completion: the number of items that are stored or in quarantine, or null
   * @throws IllegalArgumentException as the other constructor
   */
  public LeaseRelease(
      BackfillStatus status,
      @Nullable Wait waiting,
      @Nullable String error,
      @Nullable Long counted) {
    this(status, waiting, error, counted, null);
  }

  /**
   * Returns the release of a backfill that can continue now.
   *
   * @return the release
   */
  public static LeaseRelease moreToDo() {
    return new LeaseRelease(BackfillStatus.PENDING, null, null, null);
  }

  /**
   * Returns the release of a backfill that continues later.
   *
   * @param until the end of the wait; counts for {@link Backfill#MAX_WAIT} at most
   * @param reason the reason for the wait
   * @return the release
   */
  public static LeaseRelease waiting(Instant until, String reason) {
    return new LeaseRelease(BackfillStatus.WAITING, new Wait(until, reason), null, null);
  }

  /**
   * Returns the release after a user's request, or after the whole history was read.
   *
   * @param status {@link BackfillStatus#PAUSED}, {@link BackfillStatus#CANCELLED} or a completion
   * @return the release
   */
  public static LeaseRelease as(BackfillStatus status) {
    return new LeaseRelease(status, null, null, null);
  }

  /**
   * Returns the release of a backfill that failed: a user or operator has to act.
   *
   * @param error the error in one sentence
   * @return the release
   */
  public static LeaseRelease failed(String error) {
    return new LeaseRelease(BackfillStatus.FAILED, null, error, null);
  }

  /**
   * Returns the release of a backfill whose whole history was read, with a count of the stored
   * items.
   *
   * @param status a completion
   * @param counted the number of items that are stored or in quarantine, or null if they could not
   *     be counted
   * @return the release
   */
  public static LeaseRelease completed(BackfillStatus status, @Nullable Long counted) {
    return completed(status, counted, null);
  }

  /**
   * Returns the release of a backfill whose whole history was read, with the source's remark.
   *
   * @param status a completion
   * @param counted the number of items that are stored or in quarantine, or null without a count
   * @param note one sentence without secrets, or null without a remark
   * @return the release
   */
  public static LeaseRelease completed(
      BackfillStatus status, @Nullable Long counted, @Nullable String note) {
    return new LeaseRelease(status, null, null, counted, note);
  }
}
