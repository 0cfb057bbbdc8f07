package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureLog.Entry;
import dev.backfill.api.store.BackfillKey;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The contract of {@link FailureLog}, as JUnit tests. A subclass provides a new log for each test
 * and a way to expire a claim; JUnit then runs all tests.
 */
public abstract class FailureLogContract {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "owner/name");
  private static final BackfillKey OTHER = new BackfillKey("test:numbers", "owner/other");
  private static final Duration LONG = Duration.ofHours(1);
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private static final String URL = "https://example.com/17";

  private FailureLog log;

  /** For subclasses. */
  protected FailureLogContract() {}

  /**
   * Opens an empty log.
   *
   * @return the failure log
   * @throws Exception if it cannot be opened
   */
  protected abstract FailureLog log() throws Exception;

  /**
   * Expires the claim to report a failure.
   *
   * @param fingerprint the fingerprint of the failure
   * @throws Exception if the claim cannot be expired
   */
  protected abstract void expireClaim(String fingerprint) throws Exception;

  /** Opens the failure log. */
  @BeforeEach
  public void openLog() throws Exception {
    log = log();
  }

  /** The log counts failures by their fingerprint. */
  @Test
  public void failuresAreCountedByTheirFingerprint() {
    assertThat(log.find("one")).isEmpty();
    Entry first = log.failed("one", KEY, NOW);
    Entry second = log.failed("one", KEY, NOW.plusSeconds(60));
    log.failed("two", KEY, NOW);

    assertThat(first).isEqualTo(new Entry("one", KEY, 1, NOW, NOW, null));
    assertThat(second).isEqualTo(new Entry("one", KEY, 2, NOW, NOW.plusSeconds(60), null));
    assertThat(log.find("one")).contains(second);
  }

  /** The log counts ten failures at once as ten. */
  @Test
  public void tenFailuresAtOnceAreCountedAsTen() throws Exception {
    atOnce(10, () -> log.failed("one", KEY, NOW));

    assertThat(log.find("one").orElseThrow().count()).isEqualTo(10);
  }

  /**
   * The log ends a failure for the backfill that recovered, and returns it until its issue is
   * closed. A new failure counts from 1 and keeps the reported issue.
   */
  @Test
  public void aRecoveredFailureCountsFromOneAndKeepsItsIssue() {
    log.failed("one", KEY, NOW);
    Entry failed = log.failed("one", KEY, NOW);
    log.failed("two", OTHER, NOW);
    assertThat(log.claim("one", "me", LONG)).isTrue();
    assertThat(log.markReported("me", failed.withReport(17, URL, true, 1, NOW))).isTrue();

    List<Entry> over = log.recovered(KEY, NOW.plusSeconds(60));
    assertThat(over)
        .containsExactly(
            new Entry("one", KEY, 2, NOW, NOW, NOW.plusSeconds(60))
                .withReport(17, URL, true, 1, NOW));
    assertThat(log.recovered(KEY, NOW.plusSeconds(90)))
        .as("an open issue is returned until it is reported as closed")
        .isEqualTo(over);
    Entry closed = over.get(0).withReport(17, URL, false, 2, NOW.plusSeconds(90));
    assertThat(log.markReported("me", closed)).isTrue();
    assertThat(log.recovered(KEY, NOW.plusSeconds(100))).isEmpty();
    assertThat(log.find("one").orElseThrow().recoveredAt()).isEqualTo(NOW.plusSeconds(60));
    assertThat(log.find("two").orElseThrow().recoveredAt()).isNull();

    Instant again = NOW.plusSeconds(120);
    assertThat(log.failed("one", KEY, again))
        .isEqualTo(new Entry("one", KEY, 1, again, again, null).withReportOf(closed));
  }

  /** The log ends a failure of two backfills when both have recovered. */
  @Test
  public void aSharedFailureIsOverWhenTheLastHasRecovered() {
    log.failed("one", KEY, NOW);
    log.failed("one", OTHER, NOW);
    assertThat(log.affected("one")).containsExactlyInAnyOrder(KEY, OTHER);

    assertThat(log.recovered(OTHER, NOW.plusSeconds(1))).isEmpty();
    assertThat(log.affected("one")).containsExactly(KEY);
    assertThat(log.find("one").orElseThrow().recoveredAt()).isNull();

    assertThat(log.recovered(KEY, NOW.plusSeconds(2))).hasSize(1);
    assertThat(log.affected("one")).isEmpty();
    assertThat(log.find("one").orElseThrow().recoveredAt()).isEqualTo(NOW.plusSeconds(2));
  }

  /** The log grants the claim to one of ten reporters. */
  @Test
  public void ofTenReportersOneGetsTheClaim() throws Exception {
    log.failed("one", KEY, NOW);
    List<Boolean> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(log.claim("one", "reporter-" + i, LONG));
    }

    assertThat(all).containsOnlyOnce(true);
    assertThat(log.claim("unknown", "me", LONG)).isFalse();
  }

  /** The log ends a claim when its reporter releases it or when it expires. */
  @Test
  public void theRightEndsWhenItIsGivenBackOrByItself() throws Exception {
    log.failed("one", KEY, NOW);
    assertThat(log.claim("one", "me", LONG)).isTrue();
    assertThat(log.claim("one", "me", LONG)).isTrue();
    log.release("one", "you");
    assertThat(log.claim("one", "you", LONG)).isFalse();
    log.release("one", "me");
    log.release("one", "me");
    assertThat(log.claim("one", "you", LONG)).isTrue();

    expireClaim("one");
    assertThat(log.claim("one", "me", LONG)).isTrue();
  }

  /** The log records nothing from a reporter that does not hold the claim. */
  @Test
  public void aReportWithoutTheClaimIsNotRecorded() throws Exception {
    Entry failed = log.failed("one", KEY, NOW);
    Entry reported = failed.withReport(17, URL, true, 1, NOW);
    assertThat(log.markReported("me", reported)).isFalse();
    log.claim("one", "me", LONG);
    expireClaim("one");
    log.claim("one", "you", LONG);

    assertThat(log.markReported("me", reported)).isFalse();
    assertThat(log.find("one")).contains(failed);
    Entry closed = failed.withReport(17, URL, false, 4, NOW.plusSeconds(1));
    assertThat(log.markReported("you", closed)).isTrue();
    assertThat(log.find("one")).contains(closed);
  }

  /** The log records of a report the issue alone, and refuses a report without one. */
  @Test
  public void aReportRecordsTheIssueAlone() {
    Entry failed = log.failed("one", KEY, NOW);
    log.claim("one", "me", LONG);
    assertThatThrownBy(() -> log.markReported("me", failed))
        .isInstanceOf(NullPointerException.class);
    Entry outdated = failed.withReport(17, URL, true, 1, NOW);
    Entry latest = log.failed("one", OTHER, NOW.plusSeconds(1));

    assertThat(log.markReported("me", outdated)).isTrue();
    assertThat(log.find("one")).contains(latest.withReportOf(outdated));
  }

  private static <R> List<R> atOnce(int threads, Callable<R> call) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<R>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        calls.add(call);
      }
      List<R> results = new ArrayList<>();
      for (Future<R> future : executor.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }
}
