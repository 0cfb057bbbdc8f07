package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.Progress;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Catching up after the history, and reading the quarantine again. */
class RereadingTest {

  private static final Cursor END = new Cursor("120");

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(120);

  @Test
  void aCatchUpCountsNoItemTwiceAndNeverMoreThanAll() throws Exception {
    IntStream.rangeClosed(1, 70).forEach(source.changed::add);
    source.changed.add(500);

    SliceResult result = run();

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.backfill(source).counters())
        .isEqualTo(new Backfill.Counters(Total.exact(121), 121, 0));
    assertThat(fixture.backfill(source).phase()).isEqualTo(Phase.CATCH_UP);
    List<Progress> progress =
        fixture.events(BackfillEvent.ChunkCommitted.class).stream()
            .map(BackfillEvent.ChunkCommitted::progress)
            .toList();
    assertThat(progress)
        .hasSize(5)
        .allSatisfy(
            each -> {
              assertThat(each.percent().orElseThrow()).isLessThan(100);
              assertThat(each.total().count()).isGreaterThanOrEqualTo(each.processed());
            });
    assertThat(progress)
        .extracting(Progress::phase)
        .endsWith(Phase.HISTORY, Phase.CATCH_UP, Phase.CATCH_UP);
    assertThat(progress.get(4).remaining()).isNull();
  }

  @Test
  void anItemThatTheCatchUpFetchesLeavesTheQuarantine() throws Exception {
    source.poison.add(7);
    source.script.add(() -> {});
    source.script.add(() -> {});
    source.script.add(() -> {});
    source.script.add(source.poison::clear);
    source.changed.add(7);

    run();

    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(fixture.backfill(source).counters())
        .isEqualTo(new Backfill.Counters(Total.exact(120), 120, 0));
    assertThat(fixture.stored).contains(7);
  }

  @Test
  void theReadModeIsStoredAndReportedWithEachChunk() throws Exception {
    source.script.add(() -> {});
    source.script.add(() -> source.reading = "pages of 6");

    run();

    assertThat(chunks())
        .extracting(chunk -> chunk.sizeReason())
        .containsExactly(
            "begins with the documented size",
            "the largest size; pages of 6",
            "the largest size; pages of 6");
    assertThat(fixture.events(BackfillEvent.ChunkCommitted.class))
        .extracting(BackfillEvent.ChunkCommitted::readMode)
        .containsExactly("", "pages of 6", "pages of 6");
  }

  @Test
  void aRetryEmptiesTheQuarantineAndMovesNoCursor() throws Exception {
    quarantine(1, 60);
    source.poison.clear();

    SliceResult result = retry();

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.counts().items()).isEqualTo(60);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(backfill.counters()).isEqualTo(new Backfill.Counters(Total.exact(120), 120, 0));
    assertThat(backfill.cursor()).isEqualTo(END);
    assertThat(backfill.holder()).isNull();
    assertThat(fixture.stored).hasSize(120).doesNotHaveDuplicates();
  }

  @Test
  void whatIsRejectedAgainStaysOnceWithAnAttemptMore() throws Exception {
    quarantine(1, 60);
    source.poison.removeIf(item -> item > 3);

    SliceResult result = retry();

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(result.backfill().counters())
        .isEqualTo(new Backfill.Counters(Total.exact(120), 120, 3));
    assertThat(fixture.store.quarantined(result.backfill().id(), 10))
        .extracting(QuarantinedItem::attempts)
        .containsExactly(2, 2, 2);
  }

  @Test
  void onlyTheItemsThatAreAskedForAreReadAgain() throws Exception {
    quarantine(1, 60);
    source.poison.clear();

    try (BackfillEngine engine = fixture.engine().build()) {
      engine.retryQuarantined(
          fixture.job(source), Set.of("5", "59", "no such key"), SliceLimits.UNLIMITED);
    }

    assertThat(fixture.stored).contains(5, 59).hasSize(62);
    assertThat(fixture.backfill(source).counters().quarantined()).isEqualTo(58);
  }

  @Test
  void aRetryBeforeTheEndOfTheHistoryLeavesItUnfinished() throws Exception {
    source.poison.add(7);
    try (BackfillEngine engine = fixture.engine().build()) {
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED.withMaxChunks(1));
    }
    source.poison.clear();

    assertThat(retry()).isInstanceOf(SliceResult.Done.class);

    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.PENDING);
    assertThat(backfill.counters()).isEqualTo(new Backfill.Counters(Total.estimate(120), 50, 0));
    run();
    assertThat(fixture.stored).hasSize(120).doesNotHaveDuplicates();
    assertThat(fixture.backfill(source).counters().processed()).isEqualTo(120);
  }

  @Test
  void aTransientFailureIsRepeated() throws Exception {
    quarantine(1, 2);
    source.poison.clear();
    source.script.add(Failures.transientOnce("502"));

    assertThat(retry()).isInstanceOf(SliceResult.Done.class);

    assertThat(fixture.events(BackfillEvent.Waiting.class))
        .extracting(BackfillEvent.Waiting::failedAttempts)
        .containsExactly(1);
    assertThat(fixture.backfill(source).counters().quarantined()).isZero();
  }

  @Test
  void aFailureLeavesACompleteHistoryComplete() throws Exception {
    quarantine(1, 2);
    source.script.add(Failures.permanent());

    SliceResult result = retry();

    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.FAILED);
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(fixture.backfill(source).holder()).isNull();
  }

  @Test
  void aLongWaitHoldsNoLeaseAndLeavesACompleteHistoryComplete() throws Exception {
    quarantine(1, 2);
    Instant until = fixture.time.now().plus(Duration.ofMinutes(30));
    source.script.add(
        () -> {
          throw RateLimitedException.primary(until, "quota");
        });

    SliceResult result = retry();

    assertThat(((SliceResult.ContinueAt) result).until()).isEqualTo(until);
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(fixture.backfill(source).holder()).isNull();
  }

  @Test
  void aPausedBackfillIsNotRetried() throws Exception {
    source.poison.add(7);
    try (BackfillEngine engine = fixture.engine().build()) {
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED.withMaxChunks(1));
    }
    fixture.store.control(fixture.backfill(source).id(), Control.PAUSE);

    assertThat(((SliceResult.Stopped) retry()).reason()).isEqualTo(StopReason.PAUSED);
    assertThat(chunks()).hasSize(1);
  }

  @Test
  void aSourceThatCannotRereadIsReportedAndChangesNothing() throws Exception {
    quarantine(1, 2);
    source.rereads = false;
    Backfill before = fixture.backfill(source);

    SliceResult result = retry();

    assertThat(((SliceResult.Stopped) result).message())
        .contains("test:numbers cannot fetch single items again");
    assertThat(fixture.backfill(source)).isEqualTo(before);
  }

  @Test
  void nothingIsClaimedWhereNothingIsInQuarantine() throws Exception {
    run();
    Backfill before = fixture.backfill(source);

    assertThat(retry()).isEqualTo(new SliceResult.Done(before, SliceResult.Counts.NONE));
    assertThat(fixture.backfill(source)).isEqualTo(before);
  }

  @Test
  void anUnknownBackfillIsRefusedAndNotMade() {
    assertThatThrownBy(this::retry).isInstanceOf(InvalidConfigurationException.class);
    assertThat(fixture.store.list()).isEmpty();
  }

  @Test
  void aRunOfSeveralSlicesReadsEachItemOnce() throws Exception {
    quarantine(1, 110);
    source.poison.removeIf(item -> item % 2 == 0);
    source.script.add(() -> {});
    source.script.add(
        () -> {
          throw RateLimitedException.primary(
              fixture.time.now().plus(Duration.ofMinutes(30)), "quota");
        });

    JobResult result;
    try (BackfillEngine engine = fixture.engine().build()) {
      result =
          new BackfillRunner(engine)
              .retryQuarantined(List.of(fixture.job(source)), Set.of(), RunOptions.DEFAULT)
              .get(0);
    }

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED_WITH_GAPS);
    assertThat(result.message()).contains("55 item(s)");
    assertThat(result.counts().items()).isEqualTo(55);
    assertThat(fixture.store.quarantined(fixture.backfill(source).id(), 1_000))
        .hasSize(55)
        .allSatisfy(item -> assertThat(item.attempts()).isEqualTo(2));
  }

  @Test
  void aRunThatEmptiesTheQuarantineReportsIt() throws Exception {
    quarantine(1, 3);
    source.poison.clear();

    try (BackfillEngine engine = fixture.engine().build()) {
      assertThat(
              new BackfillRunner(engine)
                  .retryQuarantined(List.of(fixture.job(source)), Set.of(), RunOptions.DEFAULT))
          .singleElement()
          .satisfies(
              result -> {
                assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
                assertThat(result.message()).contains("nothing is left in quarantine");
              });
    }
  }

  private void quarantine(int first, int last) throws Exception {
    IntStream.rangeClosed(first, last).forEach(source.poison::add);
    run();
    assertThat(fixture.backfill(source).counters().quarantined()).isEqualTo(last - first + 1);
  }

  private SliceResult run() throws Exception {
    FailureBudget enough = FailureBudget.ofItems(1_000);
    try (BackfillEngine engine = fixture.engine().failureBudget(enough).build()) {
      return engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }
  }

  private SliceResult retry() throws Exception {
    try (BackfillEngine engine = fixture.engine().build()) {
      return engine.retryQuarantined(fixture.job(source));
    }
  }

  private List<CommittedChunk> chunks() {
    return fixture.store.chunks(fixture.backfill(source).id(), 1, 1_000);
  }
}
