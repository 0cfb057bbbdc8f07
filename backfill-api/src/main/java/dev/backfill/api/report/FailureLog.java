package dev.backfill.api.report;

import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A record of failures by their fingerprint, and of the issues that report them. Through it the
 * reporters of any number of processes open one issue for each failure.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, if it keeps its state outside the
 * process, any number of processes. <i>Called by</i> failure reporters. <i>Blocking:</i> yes, on
 * the database. <i>Clock:</i> claims end by the log's own; other moments are the caller's.
 * <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} if another try of the
 * same call may help, {@link dev.backfill.api.failure.PermanentFailureException} if it does not.
 */
public interface FailureLog {

  /**
   * A failure, and the issue that reports it, as that was last written. Without an issue its
   * number, its address and the time are null together.
   *
   * @param fingerprint the text that makes failures the same one; from 1 to 100 characters
   * @param key the backfill that failed last; {@link #affected} lists all of them
   * @param count how often it has happened since it was last over; 1 or more
   * @param firstAt when it first happened since then
   * @param lastAt when it last happened
   * @param recoveredAt when it was over, or null while it lasts
   * @param issue the number of the issue that reports it, positive; null for none
   * @param issueUrl the address at which users see the issue; null for none
   * @param issueOpen true if the reporter has to close the issue once the failure is over; a user
   *     may have closed it before. False without an issue
   * @param reportedCount the count that the issue shows; 0 or more, 0 without an issue
   * @param commentedAt when the issue was last commented on or opened; null for none
   */
  record Entry(
      String fingerprint,
      BackfillKey key,
      long count,
      Instant firstAt,
      Instant lastAt,
      @Nullable Instant recoveredAt,
      @Nullable Long issue,
      @Nullable String issueUrl,
      boolean issueOpen,
      long reportedCount,
      @Nullable Instant commentedAt) {

    /** Checks that the issue is complete, or missing as a whole. */
    public Entry {
      boolean none = issue == null;
      if (none != (issueUrl == null)
          || none != (commentedAt == null)
          || (none && (issueOpen || reportedCount != 0))) {
        throw new IllegalArgumentException("the issue of a failure is complete, or missing");
      }
    }

    /**
     * Creates a failure that no issue reports.
     *
     * @param fingerprint the text that makes failures the same one; from 1 to 100 characters
     * @param key the backfill that failed last
     * @param count how often it has happened since it was last over; 1 or more
     * @param firstAt when it first happened since then
     * @param lastAt when it last happened
     * @param recoveredAt when it was over, or null while it lasts
     */
    public Entry(
        String fingerprint,
        BackfillKey key,
        long count,
        Instant firstAt,
        Instant lastAt,
        @Nullable Instant recoveredAt) {
      this(fingerprint, key, count, firstAt, lastAt, recoveredAt, null, null, false, 0, null);
    }

    /**
     * Returns this failure with the issue that reports it.
     *
     * @param number the issue's number; positive
     * @param url the address at which users see it
     * @param open true if the reporter has to close it once the failure is over
     * @param shown the count that it shows; 0 or more
     * @param at when it was last commented on or opened
     * @return the copy
     */
    public Entry withReport(long number, String url, boolean open, long shown, Instant at) {
      return new Entry(
          fingerprint, key, count, firstAt, lastAt, recoveredAt, number, url, open, shown, at);
    }

    /**
     * Returns this failure with the issue of another entry, or with none if that has none.
     *
     * @param other the other entry, as of this failure at another time
     * @return the copy
     */
    public Entry withReportOf(Entry other) {
      return new Entry(
          fingerprint,
          key,
          count,
          firstAt,
          lastAt,
          recoveredAt,
          other.issue,
          other.issueUrl,
          other.issueOpen,
          other.reportedCount,
          other.commentedAt);
    }
  }

  /**
   * Records that a failure happened. A failure that was over begins again, at 1. Its issue stays
   * known.
   *
   * @param fingerprint the failure
   * @param key the backfill that failed
   * @param at when it failed
   * @return the failure as it is now
   */
  Entry failed(String fingerprint, BackfillKey key, Instant at);

  /**
   * Records that the failures of a backfill are over. A failure that several backfills share is
   * over when the last of them has recovered.
   *
   * <p>Returns those that have lasted until now and that no other backfill shares any more. Returns
   * also those that were over before and whose issue is still recorded as open.
   *
   * @param key the backfill
   * @param at when it recovered
   * @return the failures as they are now; not modifiable
   */
  List<Entry> recovered(BackfillKey key, Instant at);

  /**
   * Lists the backfills that a failure still affects. By default only the one that failed last.
   *
   * @param fingerprint the failure
   * @return the backfills by target, then source; empty if it is over or unknown; not modifiable
   */
  default List<BackfillKey> affected(String fingerprint) {
    return find(fingerprint)
        .filter(entry -> entry.recoveredAt() == null)
        .map(entry -> List.of(entry.key()))
        .orElse(List.of());
  }

  /**
   * Reads a failure.
   *
   * @param fingerprint the failure
   * @return the failure, or empty if it is unknown
   */
  Optional<Entry> find(String fingerprint);

  /**
   * Asks for the right to report a failure, which one claim has at a time. A claim that has the
   * right may ask again, and then has it for the whole time from that moment.
   *
   * @param fingerprint the failure
   * @param claimId an id that no other claim uses; from 1 to 100 characters
   * @param timeToLive the time after which the right ends unless it is released; positive
   * @return true if this claim has it now
   */
  boolean claim(String fingerprint, String claimId, Duration timeToLive);

  /**
   * Records what was reported. Has no effect if another claim has the right by now.
   *
   * @param claimId the claim that has the right
   * @param reported the failure with its {@linkplain Entry#withReport issue} as it is now; nothing
   *     else of it is recorded
   * @return true if it was recorded
   * @throws NullPointerException if it has no issue
   */
  boolean markReported(String claimId, Entry reported);

  /**
   * Releases the right. Idempotent.
   *
   * @param fingerprint the failure
   * @param claimId the claim that has it
   */
  void release(String fingerprint, String claimId);
}
