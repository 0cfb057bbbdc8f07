package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackfillEngineTest {

  private final EngineFixture fixture = new EngineFixture();

  @Test
  void everyItemArrivesOnceInOrderAndInChunksOfThePolicysSize() throws Exception {
    ScriptedSource source = new ScriptedSource(120);

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.counts()).isEqualTo(new SliceResult.Counts(3, 120, 120, 0, 0, 3));
    assertThat(fixture.stored).isEqualTo(upTo(120));
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(backfill.counters()).isEqualTo(new Backfill.Counters(Total.exact(120), 120, 0));
    assertThat(chunks(backfill)).extracting(c -> c.items()).containsExactly(50, 50, 20);
    assertThat(chunks(backfill))
        .extracting(c -> c.sizeReason())
        .containsExactly("begins with the documented size", "the largest size", "the largest size");
    assertThat(backfill.holder()).isNull();
  }

  @Test
  void aSliceEndsAfterItsChunksAndTheNextOneContinues() throws Exception {
    ScriptedSource source = new ScriptedSource(120);

    SliceResult first = run(source, SliceLimits.UNLIMITED.withMaxChunks(1));
    assertThat(first).isInstanceOf(SliceResult.ContinueNow.class);
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.PENDING);
    SliceResult second = run(source, SliceLimits.UNLIMITED);

    assertThat(second).isInstanceOf(SliceResult.Done.class);
    assertThat(second.counts().items()).isEqualTo(70);
    assertThat(fixture.stored).isEqualTo(upTo(120));
    assertThat(source.openedAt).contains(new Cursor("50"));
  }

  @Test
  void aSliceEndsAfterItsDuration() throws Exception {
    ScriptedSource source = new ScriptedSource(500);
    for (int i = 0; i < 10; i++) {
      source.script.add(() -> fixture.time.advance(Duration.ofSeconds(10)));
    }

    SliceResult result = run(source, SliceLimits.UNLIMITED.withMaxDuration(Duration.ofSeconds(25)));

    assertThat(result).isInstanceOf(SliceResult.ContinueNow.class);
    assertThat(result.counts().chunks()).isEqualTo(3);
  }

  @Test
  void theEventsContainTheWorkAndTheQuotaOfEachChunk() throws Exception {
    ScriptedSource source = new ScriptedSource(120);
    for (int seconds = 3; seconds <= 5; seconds++) {
      Duration each = Duration.ofSeconds(seconds);
      source.script.add(() -> fixture.time.advance(each));
    }

    run(source, SliceLimits.UNLIMITED);
    SliceResult unchanged = run(source, SliceLimits.UNLIMITED);

    List<BackfillEvent.ChunkCommitted> chunks = fixture.events(BackfillEvent.ChunkCommitted.class);
    assertThat(chunks).extracting(chunk -> chunk.active().toSeconds()).containsExactly(3L, 4L, 5L);
    assertThat(chunks)
        .extracting(BackfillEvent.ChunkCommitted::quotaSpent)
        .containsExactly(1L, 1L, 1L);
    // The second slice found nothing, and its request has a price all the same.
    assertThat(unchanged.counts()).isEqualTo(new SliceResult.Counts(0, 0, 0, 0, 0, 1));
    assertThat(fixture.events(BackfillEvent.SliceEnded.class))
        .extracting(BackfillEvent.SliceEnded::quotaSpent)
        .containsExactly(0L, 1L);
  }

  @Test
  void anEmptyHistoryIsCompleteWithoutAChunk() throws Exception {
    ScriptedSource source = new ScriptedSource(0);

    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(chunks(fixture.backfill(source))).isEmpty();
  }

  @Test
  void aCompletedHistoryIsReadOnFromItsEnd() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    run(source, SliceLimits.UNLIMITED);
    SliceResult unchanged = run(source, SliceLimits.UNLIMITED);
    assertThat(unchanged).isInstanceOf(SliceResult.Done.class);
    assertThat(unchanged.counts()).isEqualTo(new SliceResult.Counts(0, 0, 0, 0, 0, 1));

    source.count = 65;
    run(source, SliceLimits.UNLIMITED);

    assertThat(fixture.stored).isEqualTo(upTo(65));
  }

  @Test
  void transientFailuresAreRepeatedWithBackoffAndRecorded() throws Exception {
    ScriptedSource source = new ScriptedSource(10);
    source.script.add(Failures.transientOnce("502"));
    source.script.add(Failures.transientOnce("502 again"));

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).isEqualTo(upTo(10));
    assertThat(fixture.events(BackfillEvent.Waiting.class))
        .extracting(BackfillEvent.Waiting::failedAttempts)
        .containsExactly(1, 2);
    assertThat(fixture.time.sleeps()).hasSize(2);
    assertThat(fixture.backfill(source).consecutiveFailures()).isZero();
  }

  @Test
  void aChunkThatFailsIsAskedForAgainAsThePolicyThenWantsIt() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    source.script.add(Failures.transientOnce("502"));
    source.script.add(Failures.transientOnce("502 again"));

    run(source, SliceLimits.UNLIMITED);

    assertThat(fixture.stored).isEqualTo(upTo(60));
    assertThat(chunks(fixture.backfill(source)))
        .extracting(c -> c.items())
        .containsExactly(12, 12, 12, 12, 12);
    assertThat(chunks(fixture.backfill(source)))
        .extracting(c -> c.sizeReason())
        .containsOnly("failure: chunks of 25 failed");
  }

  @Test
  void lastingFailuresStopTheJobWithinTwoMinutes() throws Exception {
    ScriptedSource source = new ScriptedSource(10);
    for (int i = 0; i < 1_000; i++) {
      source.script.add(Failures.transientOnce("connection refused"));
    }
    Instant before = fixture.time.now();

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.FAILED);
    assertThat(((SliceResult.Stopped) result).message())
        .matches("connection refused. Gave up after \\d+ attempt\\(s\\) in \\d+ s. .*");
    assertThat(Duration.between(before, fixture.time.now())).isLessThan(Duration.ofMinutes(2));
    assertThat(fixture.time.sleeps()).hasSizeGreaterThan(4);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.FAILED);
    assertThat(backfill.lastError()).contains("connection refused");
    assertThat(backfill.holder()).isNull();
  }

  @Test
  void aFailedJobIsReportedOnceAndItsRecoveryToo() throws Exception {
    List<String> reports = new ArrayList<>();
    FailureReporter reporter =
        new FailureReporter() {
          @Override
          public void failed(FailureReport report) {
            reports.add("failed at " + report.chunkNumber() + " after " + report.cursor().value());
          }

          @Override
          public void recovered(BackfillKey key) {
            reports.add("recovered " + key);
          }
        };
    ScriptedSource source = new ScriptedSource(120);
    source.script.add(() -> {});
    source.script.add(Failures.permanent());

    try (BackfillEngine engine = fixture.engine().failureReporter(reporter).build()) {
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }

    assertThat(reports)
        .containsExactly("failed at 2 after 50", "recovered test:numbers of owner/name");
    assertThat(fixture.stored).isEqualTo(upTo(120));
  }

  @Test
  void aMistakeInASourceEndsTheSliceAsFailedAndLosesNothing() throws Exception {
    ScriptedSource source = new ScriptedSource(120);
    source.script.add(() -> {});
    source.script.add(
        () -> {
          throw new IllegalArgumentException("bug");
        });

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(((SliceResult.Stopped) result).failure())
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("bug");
    assertThat(fixture.backfill(source).cursor()).isEqualTo(new Cursor("50"));
  }

  @Test
  void aShortWaitForQuotaIsSpentInTheSlice() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    Instant until = fixture.time.now().plusSeconds(5);
    source.script.add(() -> limited(until));

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.time.now()).isEqualTo(until);
    BackfillEvent.Waiting waiting = fixture.events(BackfillEvent.Waiting.class).get(0);
    assertThat(waiting.until()).isEqualTo(until);
    assertThat(waiting.reason()).isEqualTo("limited");
    assertThat(waiting.progress().waitsUntil()).isEqualTo(until);
    assertThat(waiting.progress().remaining()).isNull();
  }

  @Test
  void aLongWaitForQuotaHoldsNothingAndEndsByItself() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    Instant until = fixture.time.now().plusSeconds(1_800);
    source.script.add(() -> limited(until));

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.ContinueAt.class);
    assertThat(((SliceResult.ContinueAt) result).until()).isEqualTo(until);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.WAITING);
    assertThat(backfill.waiting()).isEqualTo(new Decision.Wait(until, "limited"));
    assertThat(backfill.holder()).isNull();

    int calls = source.calls.get();
    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.ContinueAt.class);
    assertThat(source.calls).hasValue(calls);

    fixture.time.advance(Duration.ofSeconds(1_801));
    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Done.class);
  }

  @Test
  void aLimitIsAWaitWhateverTheNumberOfRefusals() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    for (int refusal = 1; refusal <= 40; refusal++) {
      source.script.add(() -> limited(fixture.time.now().plusSeconds(900)));
      SliceResult.ContinueAt waits =
          (SliceResult.ContinueAt) run(source, SliceLimits.UNLIMITED.withMaxWait(Duration.ZERO));
      assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.WAITING);
      fixture.time.advance(Duration.between(fixture.time.now(), waits.until()));
    }
    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.backfill(source).consecutiveFailures()).isZero();
  }

  @Test
  void aLimitThatASourceMeetsWhileItIsOpenedIsAWait() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    Instant until = fixture.time.now().plusSeconds(1_800);
    // Whether a job may run at all is asked by opening its source first.
    source.opening =
        () -> {
          if (source.openedAt.size() > 1) {
            limited(until);
          }
        };

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.ContinueAt.class);
    assertThat(((SliceResult.ContinueAt) result).until()).isEqualTo(until);
    Backfill backfill = fixture.backfill(source);
    assertThat(backfill.status()).isEqualTo(BackfillStatus.WAITING);
    assertThat(backfill.holder()).isNull();
  }

  @Test
  void thePolicyMakesItWaitBeforeTheReserveIsTouched() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    Instant reset = fixture.time.now().plusSeconds(900);
    source.quota = new Quota("core", 5_000, 500, reset);

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(((SliceResult.ContinueAt) result).until()).isEqualTo(reset);
    assertThat(source.calls).hasValue(0);
  }

  @Test
  void theReserveIsKeptFromTheFirstChunkOn() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    Instant reset = fixture.time.now().plusSeconds(900);
    source.quotaAfterFirstRequest = new Quota("core", 600, 60, reset);

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(((SliceResult.ContinueAt) result).until()).isEqualTo(reset);
    assertThat(source.calls).hasValue(0);
  }

  @Test
  void timeSpentWaitingIsNotTakenForWork() throws Exception {
    ScriptedSource source = new ScriptedSource(100);
    source.script.add(() -> fixture.time.advance(Duration.ofSeconds(2)));
    source.script.add(() -> limited(fixture.time.now().plusSeconds(7)));
    source.script.add(() -> fixture.time.advance(Duration.ofSeconds(3)));

    run(source, SliceLimits.UNLIMITED);

    assertThat(chunks(fixture.backfill(source)))
        .extracting(c -> c.active())
        .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  @Test
  void rejectedItemsGoToQuarantineAndTheRestIsStored() throws Exception {
    ScriptedSource source = new ScriptedSource(100);
    source.poison.addAll(List.of(7, 77));

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
    assertThat(result.counts().quarantined()).isEqualTo(2);
    assertThat(fixture.stored).hasSize(98).doesNotContain(7, 77);
    assertThat(fixture.store.quarantined(result.backfill().id(), 10))
        .extracting(item -> item.item().key())
        .containsExactly("7", "77");
    assertThat(fixture.events(BackfillEvent.ChunkCommitted.class))
        .filteredOn(chunk -> !chunk.quarantined().isEmpty())
        .hasSize(2);
  }

  @Test
  void aPauseTakesEffectAfterTheChunkAndOnlyAResumeEndsIt() throws Exception {
    ScriptedSource source = new ScriptedSource(200);
    source.script.add(() -> {});
    source.script.add(() -> fixture.store.control(fixture.backfill(source).id(), Control.PAUSE));

    SliceResult paused = run(source, SliceLimits.UNLIMITED);

    assertThat(((SliceResult.Stopped) paused).reason()).isEqualTo(StopReason.PAUSED);
    assertThat(fixture.stored).isEqualTo(upTo(100));
    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Stopped.class);

    fixture.store.control(fixture.backfill(source).id(), Control.RESUME);
    assertThat(run(source, SliceLimits.UNLIMITED)).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).isEqualTo(upTo(200));
  }

  @Test
  void aPauseThatWasTakenBackBeforeTheWorkerLookedIsForgotten() throws Exception {
    ScriptedSource source = new ScriptedSource(200);
    ProgressStore telling =
        NotifyingStore.ofRequests(
            fixture.store,
            () -> fixture.store.control(fixture.backfill(source).id(), Control.RESUME));
    source.script.add(
        () -> {
          fixture.store.control(fixture.backfill(source).id(), Control.PAUSE);
          // Until the keeper has seen it: a request ends a fetch.
          new CountDownLatch(1).await();
        });
    try (BackfillEngine engine = fixture.engine(telling).lease(Duration.ofSeconds(1)).build()) {
      SliceResult first = engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
      assertThat(first).isNotInstanceOf(SliceResult.Stopped.class);
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }
    assertThat(fixture.stored).isEqualTo(upTo(200));
  }

  @Test
  void aWorkerWhoseLeaseWasTakenOverCommitsNothingMore() throws Exception {
    ScriptedSource source = new ScriptedSource(200);
    source.script.add(() -> {});
    source.script.add(
        () -> {
          fixture.time.advance(Duration.ofMinutes(5));
          Claim claim =
              fixture.store.claim(
                  fixture.backfill(source).id(),
                  new LeaseRequest("somebody else", "local", Duration.ofMinutes(1)));
          assertThat(claim).matches(Claim::isGranted);
        });

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.LEASE_LOST);
    assertThat(fixture.stored).isEqualTo(upTo(50));
    assertThat(fixture.backfill(source).holder()).isEqualTo("somebody else");
  }

  @Test
  void aLeaseHeldByALivingWorkerIsRespected() throws Exception {
    ScriptedSource source = new ScriptedSource(10);
    Backfill registered = fixture.store.register(fixture.job(source).key(), "test");
    fixture.store.claim(
        registered.id(), new LeaseRequest("elsewhere", "local", Duration.ofMinutes(1)));

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result).isInstanceOf(SliceResult.Held.class);
    assertThat(((SliceResult.Held) result).owner()).isEqualTo("elsewhere");
    assertThat(source.calls).hasValue(0);
  }

  @Test
  void aSourceWithMoreDetailsIsReadFromItsStart() throws Exception {
    ScriptedSource source = new ScriptedSource(60);
    run(source, SliceLimits.UNLIMITED);
    source.canResume = false;

    SliceResult result = run(source, SliceLimits.UNLIMITED);

    assertThat(result.counts().items()).isEqualTo(60);
    assertThat(result.backfill().counters().processed()).isEqualTo(60);
    assertThat(chunks(result.backfill()))
        .extracting(CommittedChunk::number)
        .containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void aSliceThatBeginsAfterTheEndTakesNoLease() throws Exception {
    ScriptedSource source = new ScriptedSource(120);
    BackfillEngine engine = fixture.engine().build();
    engine.close();
    assertThat(engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED))
        .isInstanceOf(SliceResult.ContinueNow.class);
    assertThat(fixture.backfill(source).holder()).isNull();
    assertThat(source.calls).hasValue(0);
  }

  @Test
  void stoppingEndsAWaitAtOnceAndGivesTheLeaseBack() throws Exception {
    ScriptedSource source = new ScriptedSource(200);
    try (BackfillEngine engine = fixture.engine().build()) {
      source.script.add(() -> {});
      source.script.add(engine::stop);

      SliceResult result = engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);

      assertThat(result).isInstanceOf(SliceResult.ContinueNow.class);
    }
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.PENDING);
    assertThat(fixture.backfill(source).holder()).isNull();
    assertThat(fixture.stored).isEqualTo(upTo(100));
  }

  @Test
  void anInterruptGivesTheLeaseBackAndIsPassedOn() {
    ScriptedSource source = new ScriptedSource(200);
    source.script.add(() -> {});
    source.script.add(
        () -> {
          throw new InterruptedException();
        });

    assertThatThrownBy(() -> run(source, SliceLimits.UNLIMITED))
        .isInstanceOf(InterruptedException.class);
    assertThat(fixture.backfill(source).holder()).isNull();
    assertThat(fixture.backfill(source).counters().processed()).isEqualTo(50);
  }

  @Test
  void switchedOffNothingIsStarted() {
    ScriptedSource source = new ScriptedSource(10);
    BackfillSettings settings =
        BackfillSettings.builder()
            .environment(Map.of("ENABLE_PROGRESSIVE_BACKFILL", "false"))
            .build();

    try (BackfillEngine engine = fixture.engine().settings(settings).build()) {
      assertThatThrownBy(() -> engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining("ENABLE_PROGRESSIVE_BACKFILL");
    }
    assertThat(fixture.store.list()).isEmpty();
  }

  @Test
  void aFixedChunkSizeFromTheSettingsIsUsed() throws Exception {
    ScriptedSource source = new ScriptedSource(20);
    BackfillSettings settings =
        BackfillSettings.builder().set(BackfillSettings.CHUNK_SIZE, "8").build();

    try (BackfillEngine engine = fixture.engine().settings(settings).build()) {
      engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }
    assertThat(chunks(fixture.backfill(source)))
        .extracting(c -> c.items())
        .containsExactly(8, 8, 4);
  }

  @Test
  void progressNeverPassesOneHundredPercent() throws Exception {
    ScriptedSource source = new ScriptedSource(500);

    run(source, SliceLimits.UNLIMITED);

    assertThat(fixture.events(BackfillEvent.ChunkCommitted.class))
        .extracting(e -> e.progress().percent().orElseThrow())
        .isSorted()
        .allSatisfy(percent -> assertThat(percent).isBetween(0.0, 99.9));
    BackfillEvent.SliceEnded end = fixture.events(BackfillEvent.SliceEnded.class).get(0);
    assertThat(end.progress().percent()).hasValue(100);
    assertThat(end.progress().done()).isTrue();
  }

  private SliceResult run(ScriptedSource source, SliceLimits limits) throws InterruptedException {
    try (BackfillEngine engine = fixture.engine().build()) {
      return engine.runSlice(fixture.job(source), limits);
    }
  }

  private List<CommittedChunk> chunks(Backfill backfill) {
    return fixture.store.chunks(backfill.id(), 1, 1_000);
  }

  private static List<Integer> upTo(int last) {
    return IntStream.rangeClosed(1, last).boxed().toList();
  }

  private static void limited(Instant until) {
    throw RateLimitedException.primary(until, "limited");
  }
}
