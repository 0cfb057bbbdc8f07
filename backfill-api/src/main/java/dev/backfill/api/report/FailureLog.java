package dev.backfill.api.report;

import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Remembers failures by their fingerprint, so that reporters of any number of processes open one
 * issue for each. It says what is to be told; a reporter makes an issue tracker agree with it.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, when it keeps its state outside the
 * process, any number of processes. <i>Called by</i> failure reporters. <i>Blocking:</i> yes, on
 * the database. <i>Clock:</i> claims end by the log's own; other moments are the caller's.
 * <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} when trying the same
 * call again may help, {@link dev.backfill.api.failure.PermanentFailureException} when it does not.
 */
public interface FailureLog {

  /**
   * A failure, and what was told of it.
   *
   * @param fingerprint what makes failures the same one; from 1 to 100 characters
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
   * What was told of a failure.
   *
   * @param issue the issue's number; positive
   * @param url where people see it
   * @param open whether it is to be closed once the failure is over; people may have closed it
   *     before
   * @param count the count that it shows; 0 or more
   * @param commentedAt when it was last commented on or opened
   */
  record ReportedIssue(long issue, String url, boolean open, long count, Instant commentedAt) {}

  /**
   * Records that a failure happened. One that was over begins again, at 1; what was told of it
   * stays known.
   *
   * @param fingerprint what makes failures the same one
   * @param key the backfill that failed
   * @param at when
   * @return the failure as it is now
   */
  Entry failed(String fingerprint, BackfillKey key, Instant at);

  /**
   * Records that the failures of a backfill are over. A failure that several backfills share is
   * over when the last of them has recovered.
   *
   * @param key the backfill
   * @param at when
   * @return its failures that have lasted until now and that no other backfill shares any more, and
   *     those that were over before of which something is still told to be open; as they are now,
   *     not modifiable
   */
  List<Entry> recovered(BackfillKey key, Instant at);

  /**
   * Lists the backfills that a failure still affects. The default knows only the last one.
   *
   * @param fingerprint which failure
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
   * @param fingerprint which
   * @return the failure, or empty when it is unknown
   */
  Optional<Entry> find(String fingerprint);

  /**
   * Asks for the right to tell of a failure, which one has at a time. Who has it may ask again, and
   * has it for the whole time from then on.
   *
   * @param fingerprint which
   * @param claimId an id that no other claim uses; from 1 to 100 characters
   * @param timeToLive after how long the right ends unless it is given back; positive
   * @return whether this claim has it now
   */
  boolean claim(String fingerprint, String claimId, Duration timeToLive);

  /**
   * Records what was reported. Has no effect if another claim has the right by now.
   *
   * @param fingerprint of which failure
   * @param claimId the claim that has the right
   * @param reported the issue as it is now
   * @return whether it was recorded
   */
  boolean markReported(String fingerprint, String claimId, ReportedIssue reported);

  /**
   * Gives the right back. Idempotent.
   *
   * @param fingerprint of which failure
   * @param claimId the claim that has it
   */
  void release(String fingerprint, String claimId);
}
