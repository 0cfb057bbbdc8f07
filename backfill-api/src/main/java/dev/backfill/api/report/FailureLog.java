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
   * A failure, and the issue that reports it.
   *
   * @param fingerprint the text that makes failures the same one; from 1 to 100 characters
   * @param key the backfill that failed last; {@link #affected} lists all of them
   * @param count how often it has happened since it was last over; 1 or more
   * @param firstAt when it first happened since then
   * @param lastAt when it last happened
   * @param recoveredAt when it was over, or null while it lasts
   * @param reported the issue that reports it, or null for none
   */
  record Entry(
      String fingerprint,
      BackfillKey key,
      long count,
      Instant firstAt,
      Instant lastAt,
      @Nullable Instant recoveredAt,
      @Nullable ReportedIssue reported) {}

  /**
   * The issue that reports a failure, as it was last written.
   *
   * @param issue the issue's number; positive
   * @param url the address at which users see it
   * @param open true if the reporter has to close it once the failure is over; a user may have
   *     closed it before
   * @param count the count that it shows; 0 or more
   * @param commentedAt when it was last commented on or opened
   */
  record ReportedIssue(long issue, String url, boolean open, long count, Instant commentedAt) {}

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
   * @param fingerprint the failure
   * @param claimId the claim that has the right
   * @param reported the issue as it is now
   * @return true if it was recorded
   */
  boolean markReported(String fingerprint, String claimId, ReportedIssue reported);

  /**
   * Releases the right. Idempotent.
   *
   * @param fingerprint the failure
   * @param claimId the claim that has it
   */
  void release(String fingerprint, String claimId);
}
