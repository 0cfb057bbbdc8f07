package dev.backfill.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.report.FailureLedger;
import dev.backfill.api.report.FailureLedger.Entry;
import dev.backfill.api.report.FailureLedger.Told;
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

/** What every {@link FailureLedger} has to do: extend it, and name the ledger. */
public abstract class FailureLedgerContract {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "owner/name");
  private static final BackfillKey OTHER = new BackfillKey("test:numbers", "owner/other");
  private static final Duration LONG = Duration.ofHours(1);
  private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private static final Told TOLD = new Told(17, "https://example.com/17", true, 1, NOW);

  private FailureLedger ledger;

  /** Only for subclasses. */
  protected FailureLedgerContract() {}

  /**
   * Opens an empty ledger.
   *
   * @return the ledger
   * @throws Exception when that fails
   */
  protected abstract FailureLedger ledger() throws Exception;

  /**
   * Has the right to tell of a failure end now.
   *
   * @param fingerprint which failure
   * @throws Exception when that fails
   */
  protected abstract void expireClaim(String fingerprint) throws Exception;

  /** Opens the ledger. */
  @BeforeEach
  public void openLedger() throws Exception {
    ledger = ledger();
  }

  /** Failures of one fingerprint are counted. */
  @Test
  public void failuresAreCountedByTheirFingerprint() {
    assertThat(ledger.find("one")).isEmpty();
    Entry first = ledger.failed("one", KEY, NOW);
    Entry second = ledger.failed("one", KEY, NOW.plusSeconds(60));
    ledger.failed("two", KEY, NOW);

    assertThat(first).isEqualTo(new Entry("one", KEY, 1, NOW, NOW, null, null));
    assertThat(second).isEqualTo(new Entry("one", KEY, 2, NOW, NOW.plusSeconds(60), null, null));
    assertThat(ledger.find("one")).contains(second);
  }

  /** Ten at once are ten. */
  @Test
  public void tenFailuresAtOnceAreCountedAsTen() throws Exception {
    atOnce(10, () -> ledger.failed("one", KEY, NOW));

    assertThat(ledger.find("one").orElseThrow().count()).isEqualTo(10);
  }

  /** What is over is over once, for its backfill alone, and begins again at 1. */
  @Test
  public void whatIsOverBeginsAgainAtOneAndWhatWasToldStaysKnown() {
    ledger.failed("one", KEY, NOW);
    ledger.failed("one", KEY, NOW);
    ledger.failed("two", OTHER, NOW);
    assertThat(ledger.claim("one", "me", LONG)).isTrue();
    assertThat(ledger.told("one", "me", TOLD)).isTrue();

    List<Entry> over = ledger.recovered(KEY, NOW.plusSeconds(60));
    assertThat(over).containsExactly(new Entry("one", KEY, 2, NOW, NOW, NOW.plusSeconds(60), TOLD));
    assertThat(ledger.recovered(KEY, NOW.plusSeconds(90)))
        .as("what is told to be open is named until it is told to be closed")
        .isEqualTo(over);
    Told closed = new Told(TOLD.issue(), TOLD.url(), false, 2, NOW.plusSeconds(90));
    assertThat(ledger.told("one", "me", closed)).isTrue();
    assertThat(ledger.recovered(KEY, NOW.plusSeconds(100))).isEmpty();
    assertThat(ledger.find("one").orElseThrow().recoveredAt()).isEqualTo(NOW.plusSeconds(60));
    assertThat(ledger.find("two").orElseThrow().recoveredAt()).isNull();

    Instant again = NOW.plusSeconds(120);
    assertThat(ledger.failed("one", KEY, again))
        .isEqualTo(new Entry("one", KEY, 1, again, again, null, closed));
  }

  /** A failure that two backfills share is over when both have recovered. */
  @Test
  public void aSharedFailureIsOverWhenTheLastHasRecovered() {
    ledger.failed("one", KEY, NOW);
    ledger.failed("one", OTHER, NOW);
    assertThat(ledger.affected("one")).containsExactlyInAnyOrder(KEY, OTHER);

    assertThat(ledger.recovered(OTHER, NOW.plusSeconds(1))).isEmpty();
    assertThat(ledger.affected("one")).containsExactly(KEY);
    assertThat(ledger.find("one").orElseThrow().recoveredAt()).isNull();

    assertThat(ledger.recovered(KEY, NOW.plusSeconds(2))).hasSize(1);
    assertThat(ledger.affected("one")).isEmpty();
    assertThat(ledger.find("one").orElseThrow().recoveredAt()).isEqualTo(NOW.plusSeconds(2));
  }

  /** One has the right at a time. */
  @Test
  public void ofTenThatWantToTellOneMay() throws Exception {
    ledger.failed("one", KEY, NOW);
    List<Boolean> all = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      all.add(ledger.claim("one", "teller-" + i, LONG));
    }

    assertThat(all).containsOnlyOnce(true);
    assertThat(ledger.claim("unknown", "me", LONG)).isFalse();
  }

  /** The right ends when it is given back, or by itself. */
  @Test
  public void theRightEndsWhenItIsGivenBackOrByItself() throws Exception {
    ledger.failed("one", KEY, NOW);
    assertThat(ledger.claim("one", "me", LONG)).isTrue();
    assertThat(ledger.claim("one", "me", LONG)).isTrue();
    ledger.release("one", "you");
    assertThat(ledger.claim("one", "you", LONG)).isFalse();
    ledger.release("one", "me");
    ledger.release("one", "me");
    assertThat(ledger.claim("one", "you", LONG)).isTrue();

    expireClaim("one");
    assertThat(ledger.claim("one", "me", LONG)).isTrue();
  }

  /** Whoever lost the right records nothing. */
  @Test
  public void whatIsToldWithoutTheRightIsNotRecorded() throws Exception {
    ledger.failed("one", KEY, NOW);
    assertThat(ledger.told("one", "me", TOLD)).isFalse();
    ledger.claim("one", "me", LONG);
    expireClaim("one");
    ledger.claim("one", "you", LONG);

    assertThat(ledger.told("one", "me", TOLD)).isFalse();
    assertThat(ledger.find("one").orElseThrow().told()).isNull();
    Told closed = new Told(17, "https://example.com/17", false, 4, NOW.plusSeconds(1));
    assertThat(ledger.told("one", "you", closed)).isTrue();
    assertThat(ledger.find("one").orElseThrow().told()).isEqualTo(closed);
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
