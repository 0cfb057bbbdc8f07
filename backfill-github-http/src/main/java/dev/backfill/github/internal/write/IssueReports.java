package dev.backfill.github.internal.write;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Aligns issues with the failure log. The process that holds the log's claim repeats this until
 * both agree. So nothing is reported twice, and nothing that happens meanwhile is lost.
 */
public final class IssueReports {

  /** Longer than the requests of one report take. */
  private static final Duration CLAIM = Duration.ofMinutes(5);

  private static final int ROUNDS = 10;

  private final FailureLog log;
  private final Issues issues;
  private final IssueText text;
  private final TimeSource time;
  private final Rules rules;
  private final Set<BackfillKey> untold = ConcurrentHashMap.newKeySet();

  /**
   * Limits for notifications.
   *
   * @param betweenComments the min time between two comments
   * @param reopening the time within which a closed issue is reopened instead of creating a new one
   */
  public record Rules(Duration betweenComments, Duration reopening) {}

  public IssueReports(
      FailureLog log,
      Writer writer,
      String repository,
      String label,
      @Nullable String runLink,
      TimeSource time,
      Rules rules) {
    this.log = log;
    this.issues = new Issues(writer, repository, label);
    this.text = new IssueText(writer, runLink);
    this.time = time;
    this.rules = rules;
  }

  public void failed(FailureReport report) throws InterruptedException {
    String fingerprint = fingerprint(report);
    untold.remove(report.key());
    log.failed(fingerprint, report.key(), report.at());
    agree(fingerprint, report);
    catchUp();
  }

  /**
   * Returns the failure's fingerprint; that of its stream if an earlier release's issue is still
   * open.
   */
  private String fingerprint(FailureReport report) {
    String stream = Fingerprint.ofStream(report);
    return log.find(stream)
        .filter(entry -> entry.recoveredAt() == null && entry.issueOpen())
        .map(Entry::fingerprint)
        .orElseGet(() -> Fingerprint.of(report));
  }

  public void recovered(BackfillKey key) throws InterruptedException {
    untold.add(key);
    catchUp();
  }

  /**
   * Reports recoveries, and keeps those that failed for the next call: a recovery happens only
   * once.
   */
  private void catchUp() throws InterruptedException {
    for (BackfillKey key : List.copyOf(untold)) {
      for (Entry entry : log.recovered(key, time.now())) {
        agree(entry.fingerprint(), null);
      }
      untold.remove(key);
    }
  }

  private void agree(String fingerprint, @Nullable FailureReport report)
      throws InterruptedException {
    for (int i = 0; i < ROUNDS && differs(fingerprint, report); i++) {
      String claimId = UUID.randomUUID().toString();
      if (!log.claim(fingerprint, claimId, CLAIM)) {
        return;
      }
      try {
        updateIssue(fingerprint, claimId, report);
      } finally {
        log.release(fingerprint, claimId);
      }
    }
  }

  private boolean differs(String fingerprint, @Nullable FailureReport report) {
    Entry entry = log.find(fingerprint).orElse(null);
    return entry != null
        && (entry.recoveredAt() != null ? entry.issueOpen() : isStale(entry, report));
  }

  /** Returns true if the issue lacks the failure. Without a report there is nothing to write. */
  private static boolean isStale(Entry entry, @Nullable FailureReport report) {
    return report != null && (!entry.issueOpen() || entry.reportedCount() < entry.count());
  }

  private void updateIssue(String fingerprint, String claimId, @Nullable FailureReport report)
      throws InterruptedException {
    Entry entry = log.find(fingerprint).orElse(null);
    if (entry == null || !differs(fingerprint, report)) {
      return;
    }
    Entry reported;
    if (entry.recoveredAt() != null) {
      reported = entry.issue() == null ? null : closed(entry);
    } else {
      reported = report == null ? null : opened(entry, report);
    }
    if (reported != null) {
      log.markReported(claimId, reported);
    }
  }

  /**
   * Closes the issue before the comment: a lost response costs a comment, but leaves no issue open.
   */
  private Entry closed(Entry entry) throws InterruptedException {
    long issue = issue(entry);
    try {
      if (issues.read(issue).open()) {
        issues.update(issue, null, null, false);
        issues.comment(issue, IssueText.recovery(entry));
      }
    } catch (PermanentFailureException e) {
      if (!isGone(e)) {
        throw e;
      }
    }
    return reported(entry, false, entry.reportedCount(), time.now());
  }

  private Entry opened(Entry entry, FailureReport report) throws InterruptedException {
    Entry kept = entry.issue() == null ? null : kept(entry, report);
    if (kept == null) {
      // Even if the failure log contains one: the response about a newer one may have been lost.
      Entry found = found(entry);
      kept = found == null ? null : kept(found, report);
    }
    if (kept != null) {
      return kept;
    }
    Issues.Issue issue = issues.create(title(report, entry), body(report, entry));
    return entry.withReport(issue.number(), issue.url(), true, entry.count(), time.now());
  }

  /** Updates or reopens an issue; returns null if it is no longer of use. */
  private @Nullable Entry kept(Entry entry, FailureReport report) throws InterruptedException {
    if (entry.issueOpen()) {
      return updated(entry, report);
    }
    return time.now().isBefore(commentedAt(entry).plus(rules.reopening()))
        ? reopened(entry, report)
        : null;
  }

  /** Finds an issue that the failure log may not contain; null if there is none. */
  private @Nullable Entry found(Entry entry) throws InterruptedException {
    Issues.Issue issue = issues.find(IssueText.marker(entry.fingerprint()));
    if (issue == null) {
      return null;
    }
    Instant closedAt = issue.closedAt();
    return entry.withReport(
        issue.number(), issue.url(), issue.open(), 0, closedAt == null ? time.now() : closedAt);
  }

  /** Updates an issue; returns null if it was deleted. */
  private @Nullable Entry updated(Entry entry, FailureReport report) throws InterruptedException {
    try {
      Issues.Issue issue =
          issues.update(issue(entry), title(report, entry), body(report, entry), null);
      boolean comments =
          // A user who closed it while the failure lasts knows of it.
          issue.open()
              && entry.reportedCount() > 0
              && Long.highestOneBit(entry.count()) > entry.reportedCount()
              && !time.now().isBefore(commentedAt(entry).plus(rules.betweenComments()));
      if (comments) {
        issues.comment(issue(entry), text.comment(report, entry));
      }
      return reported(entry, true, entry.count(), comments ? time.now() : commentedAt(entry));
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable Entry reopened(Entry entry, FailureReport report) throws InterruptedException {
    try {
      issues.update(issue(entry), title(report, entry), body(report, entry), true);
      issues.comment(issue(entry), text.comment(report, entry));
      return reported(entry, true, entry.count(), time.now());
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  /** Returns the failure with the new state of the same issue. */
  private static Entry reported(Entry entry, boolean open, long shown, Instant commentedAt) {
    return entry.withReport(
        issue(entry), Objects.requireNonNull(entry.issueUrl()), open, shown, commentedAt);
  }

  private static long issue(Entry entry) {
    return Objects.requireNonNull(entry.issue());
  }

  private static Instant commentedAt(Entry entry) {
    return Objects.requireNonNull(entry.commentedAt());
  }

  private String title(FailureReport report, Entry entry) {
    return text.title(report, log.affected(entry.fingerprint()));
  }

  private String body(FailureReport report, Entry entry) {
    return text.body(report, entry, log.affected(entry.fingerprint()));
  }

  /** Returns true for a deleted issue, which is 404 or 410. */
  private static boolean isGone(PermanentFailureException e) {
    return e.reason() == Reason.NOT_FOUND || e.reason() == Reason.GONE;
  }
}
