package dev.backfill.github.internal.write;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.report.FailureLedger;
import dev.backfill.api.report.FailureLedger.Entry;
import dev.backfill.api.report.FailureLedger.Told;
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
 * Makes issues agree with the ledger. Whoever has the ledger's right to tell goes on until they do,
 * so that nothing is told twice and nothing that comes meanwhile is lost.
 */
public final class IssueReports {

  /** Longer than the requests of one telling take. */
  private static final Duration CLAIM = Duration.ofMinutes(5);

  private static final int ROUNDS = 10;

  private final FailureLedger ledger;
  private final Issues issues;
  private final IssueText text;
  private final TimeSource time;
  private final Rules rules;
  private final Set<BackfillKey> untold = ConcurrentHashMap.newKeySet();

  /**
   * How sparing it is.
   *
   * @param betweenComments how long at least from one comment to the next
   * @param reopening for how long a closed issue is opened again rather than a new one made
   */
  public record Rules(Duration betweenComments, Duration reopening) {}

  public IssueReports(
      FailureLedger ledger,
      Writer writer,
      String repository,
      String label,
      @Nullable String runLink,
      TimeSource time,
      Rules rules) {
    this.ledger = ledger;
    this.issues = new Issues(writer, repository, label);
    this.text = new IssueText(writer, runLink);
    this.time = time;
    this.rules = rules;
  }

  public void failed(FailureReport report) throws InterruptedException {
    String fingerprint = fingerprint(report);
    untold.remove(report.key());
    ledger.failed(fingerprint, report.key(), report.at());
    agree(fingerprint, report);
    catchUp();
  }

  /** An issue that an earlier release has opened for a stream serves until it is closed. */
  private String fingerprint(FailureReport report) {
    String stream = Fingerprint.ofStream(report);
    return ledger
        .find(stream)
        .filter(entry -> entry.recoveredAt() == null && isOpen(entry))
        .map(Entry::fingerprint)
        .orElseGet(() -> Fingerprint.of(report));
  }

  public void recovered(BackfillKey key) throws InterruptedException {
    untold.add(key);
    catchUp();
  }

  /** Nobody says again that a backfill has recovered, so what could not be told is kept in mind. */
  private void catchUp() throws InterruptedException {
    for (BackfillKey key : List.copyOf(untold)) {
      for (Entry entry : ledger.recovered(key, time.now())) {
        agree(entry.fingerprint(), null);
      }
      untold.remove(key);
    }
  }

  private void agree(String fingerprint, @Nullable FailureReport report)
      throws InterruptedException {
    for (int i = 0; i < ROUNDS && differs(fingerprint, report); i++) {
      String claimant = UUID.randomUUID().toString();
      if (!ledger.claim(fingerprint, claimant, CLAIM)) {
        return;
      }
      try {
        tell(fingerprint, claimant, report);
      } finally {
        ledger.release(fingerprint, claimant);
      }
    }
  }

  private boolean differs(String fingerprint, @Nullable FailureReport report) {
    Entry entry = ledger.find(fingerprint).orElse(null);
    return entry != null && (entry.recoveredAt() != null ? isOpen(entry) : isStale(entry, report));
  }

  private static boolean isOpen(Entry entry) {
    Told told = entry.told();
    return told != null && told.open();
  }

  /** Without a report there is nothing to tell of a failure that lasts. */
  private static boolean isStale(Entry entry, @Nullable FailureReport report) {
    Told told = entry.told();
    return report != null && (told == null || !told.open() || told.count() < entry.count());
  }

  private void tell(String fingerprint, String claimant, @Nullable FailureReport report)
      throws InterruptedException {
    Entry entry = ledger.find(fingerprint).orElse(null);
    if (entry == null || !differs(fingerprint, report)) {
      return;
    }
    Told told = entry.told();
    Told now;
    if (entry.recoveredAt() != null) {
      now = told == null ? null : closed(entry, told);
    } else {
      now = report == null ? null : opened(entry, told, report);
    }
    if (now != null) {
      ledger.told(fingerprint, claimant, now);
    }
  }

  /** Closes first, so that a lost answer costs a comment and never leaves an issue open. */
  private Told closed(Entry entry, Told told) throws InterruptedException {
    try {
      if (issues.read(told.issue()).open()) {
        issues.update(told.issue(), null, null, false);
        issues.comment(told.issue(), IssueText.recovery(entry));
      }
    } catch (PermanentFailureException e) {
      if (!isGone(e)) {
        throw e;
      }
    }
    return new Told(told.issue(), told.url(), false, told.count(), time.now());
  }

  private Told opened(Entry entry, @Nullable Told told, FailureReport report)
      throws InterruptedException {
    Told kept = told == null ? null : kept(entry, told, report);
    if (kept == null) {
      // Also where the ledger knows one: the answer about a newer one may have been lost.
      Told found = found(entry);
      kept = found == null ? null : kept(entry, found, report);
    }
    if (kept != null) {
      return kept;
    }
    Issues.Issue issue = issues.create(title(report, entry), body(report, entry));
    return new Told(issue.number(), issue.url(), true, entry.count(), time.now());
  }

  /** What an issue that is there tells from now on; null when it does not serve any more. */
  private @Nullable Told kept(Entry entry, Told told, FailureReport report)
      throws InterruptedException {
    if (told.open()) {
      return updated(entry, told, report);
    }
    return time.now().isBefore(told.commentedAt().plus(rules.reopening()))
        ? reopened(entry, told, report)
        : null;
  }

  /** What is there although the ledger may not know it; null when nothing is. */
  private @Nullable Told found(Entry entry) throws InterruptedException {
    Issues.Issue issue = issues.find(IssueText.marker(entry.fingerprint()));
    if (issue == null) {
      return null;
    }
    Instant closedAt = issue.closedAt();
    return new Told(
        issue.number(), issue.url(), issue.open(), 0, closedAt == null ? time.now() : closedAt);
  }

  /** Null when somebody has deleted it. */
  private @Nullable Told updated(Entry entry, Told told, FailureReport report)
      throws InterruptedException {
    try {
      Issues.Issue issue =
          issues.update(told.issue(), title(report, entry), body(report, entry), null);
      boolean comments =
          // Who closed it while the failure lasts knows of it.
          issue.open()
              && told.count() > 0
              && Long.highestOneBit(entry.count()) > told.count()
              && !time.now().isBefore(told.commentedAt().plus(rules.betweenComments()));
      if (comments) {
        issues.comment(told.issue(), text.comment(report, entry));
      }
      return new Told(
          told.issue(),
          told.url(),
          true,
          entry.count(),
          comments ? time.now() : told.commentedAt());
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private @Nullable Told reopened(Entry entry, Told told, FailureReport report)
      throws InterruptedException {
    try {
      issues.update(told.issue(), title(report, entry), body(report, entry), true);
      issues.comment(told.issue(), text.comment(report, entry));
      return new Told(told.issue(), told.url(), true, entry.count(), time.now());
    } catch (PermanentFailureException e) {
      if (isGone(e)) {
        return null;
      }
      throw e;
    }
  }

  private String title(FailureReport report, Entry entry) {
    return text.title(report, ledger.affected(entry.fingerprint()));
  }

  private String body(FailureReport report, Entry entry) {
    return text.body(report, entry, ledger.affected(entry.fingerprint()));
  }

  /** A deleted issue is 404 or 410. */
  private static boolean isGone(PermanentFailureException e) {
    return e.reason() == Reason.NOT_FOUND || e.reason() == Reason.GONE;
  }
}
