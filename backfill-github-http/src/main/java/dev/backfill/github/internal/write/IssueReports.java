package dev.backfill.github.internal.write;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.report.FailureLog.ReportedIssue;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
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
        .filter(entry -> entry.recoveredAt() == null && isOpen(entry))
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
    return entry != null && (entry.recoveredAt() != null ? isOpen(entry) : isStale(entry, report));
  }

  private static boolean isOpen(Entry entry) {
    ReportedIssue reported = entry.reported();
    return reported != null && reported.open();
  }

  /** Returns true if the issue lacks the failure. Without a report there is nothing to write. */
  private static boolean isStale(Entry entry, @Nullable FailureReport report) {
    ReportedIssue reported = entry.reported();
    return report != null
        && (reported == null || !reported.open() || reported.count() < entry.count());
  }

  private void updateIssue(String fingerprint, String claimId, @Nullable FailureReport report)
      throws InterruptedException {
    Entry entry = log.find(fingerprint).orElse(null);
    if (entry == null || !differs(fingerprint, report)) {
      return;
    }
    ReportedIssue reported = entry.reported();
    ReportedIssue now;
    if (entry.recoveredAt() != null) {
      now = reported == null ? null : closed(entry, reported);
    } else {
      now = report == null ? null : opened(entry, reported, report);
    }
    if (now != null) {
      log.markReported(fingerprint, claimId, now);
    }
  }

  /**
   * Closes the issue before the comment: a lost response costs a comment, but leaves no issue open.
   */
  private ReportedIssue closed(Entry entry, ReportedIssue reported) throws InterruptedException {
    try {
      if (issues.read(reported.issue()).open()) {
        issues.update(reported.issue(), null, null, false);
        issues.comment(reported.issue(), IssueText.recovery(entry));
      }
    } catch (PermanentFailureException e) {
      if (!isGone(e)) {
        throw e;
      }
    }
    return new ReportedIssue(reported.issue(), reported.url(), false, reported.count(), time.now());
  }

  private ReportedIssue opened(Entry entry, @Nullable ReportedIssue reported, FailureReport report)
      throws InterruptedException {
    ReportedIssue kept = reported == null ? null : kept(entry, reported, report);
    if (kept == null) {
      // Even if the failure log contains one: the response about a newer one may have been lost.
      ReportedIssue found = found(entry);
      kept = found == null ? null : kept(entry, found, report);
    }
    if (kept != null) {
      return kept;
    }
    Issues.Issue issue = issues.create(title(report, entry), body(report, entry));
    return new ReportedIssue(issue.number(), issue.url(), true, entry.count(), time.now());
  }

  /** Updates or reopens an issue; returns null if it is no longer of use. */
  private @Nullable ReportedIssue kept(Entry entry, ReportedIssue reported, FailureReport report)
      throws InterruptedException {
    if (reported.open()) {
      return updated(entry, reported, report);
    }
    return time.now().isBefore(reported.commentedAt().plus(rules.reopening()))
        ? reopened(entry, reported, report)
        : null;
  }

  /** Finds an issue that the failure log may not contain; null if there is none. */
  private @Nullable ReportedIssue found(Entry entry) throws InterruptedException {
    Issues.Issue issue = issues.find(IssueText.marker(entry.fingerprint()));
    if (issue == null) {
      return null;
    }
    Instant closedAt = issue.closedAt();
    return new ReportedIssue(
        issue.number(), issue.url(), issue.open(), 0, closedAt == null ? time.now() : closedAt);
  }

  /** Updates an issue; returns null if it was deleted. */
  private @Nullable ReportedIssue updated(Entry entry, ReportedIssue reported, FailureReport report)
      throws InterruptedException {
    try {
      Issues.Issue issue =
          issues.update(reported.issue(), title(report, entry), body(report, entry), null);
      boolean comments =
          // A user who closed it while the failure lasts knows of it.
          issue.open()
              && reported.count() > 0
              && Long.highestOneBit(entry.count()) > reported.count()
              && !time.now().isBefore(reported.commentedAt().plus(rules.betweenComments()));
      if (comments) {
        issues.comment(reported.issue(), text.comment(report, entry));
      }
      return new ReportedIssue(
          reported.issue(),
          reported.url(),
          true,
          entry.count(),
          comments ? time.now() : reported.commentedAt());
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable ReportedIssue reopened(
      Entry entry, ReportedIssue reported, FailureReport report) throws InterruptedException {
    try {
      issues.update(reported.issue(), title(report, entry), body(report, entry), true);
      issues.comment(reported.issue(), text.comment(report, entry));
      return new ReportedIssue(reported.issue(), reported.url(), true, entry.count(), time.now());
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
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
