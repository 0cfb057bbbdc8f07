package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BackfillRunnerTest {

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(120);

  @Test
  void aStoreWithoutTablesForTheItemsIsNamed() {
    BackfillStore store = new InMemoryStore();
    try (BackfillRunner runner = BackfillRunner.with(store)) {
      assertThatThrownBy(() -> runner.run(source, "target"))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContaining(source.name())
          .hasMessageContaining("Nothing was started");
    }
    assertThatThrownBy(() -> BackfillManager.builder(store).source(source))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(source.name());
  }

  @Test
  void aRunnerWithoutAStoreAsksForASpec() {
    assertThatThrownBy(() -> new BackfillRunner(fixture.engine().build()).run(source, "target"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("BackfillRunner.with(store)");
  }

  @Test
  void aStoreInMemoryTakesItemsByTheirType() throws Exception {
    source.itemType = Optional.of(Integer.class);
    List<Integer> items = new ArrayList<>();
    InMemoryStore empty = new InMemoryStore();
    BackfillStore store =
        empty.withSink(
            Integer.class,
            (chunk, transaction) -> {
              items.addAll(chunk);
              return new SinkCounts(chunk.size(), 0);
            });

    try (BackfillRunner runner = BackfillRunner.with(store)) {
      assertThat(runner.run(source, "target").outcome()).isEqualTo(Outcome.COMPLETED);
    }

    assertThat(items).hasSize(120);
    assertThat(empty.sink(Integer.class)).isEmpty();
    assertThat(empty.progress().list()).hasSize(1);
  }

  @Test
  void waitsForQuotaAndEndsComplete() throws Exception {
    Instant until = fixture.time.now().plusSeconds(3_000);
    source.script.add(() -> {});
    source.script.add(() -> limited(until));

    JobResult result = run(RunOptions.DEFAULT);

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(result.counts().items()).isEqualTo(120);
    assertThat(fixture.time.now()).isAfterOrEqualTo(until);
    assertThat(fixture.stored).hasSize(120);
  }

  @Test
  void withoutWaitingItReportsTheNextTime() throws Exception {
    Instant until = fixture.time.now().plusSeconds(4);
    source.script.add(() -> limited(until));

    JobResult result = run(new RunOptions(1, false, Long.MAX_VALUE, null));

    assertThat(result.outcome()).isEqualTo(Outcome.WAITING);
    assertThat(result.until()).isEqualTo(until);
    assertThat(fixture.time.sleeps()).isEmpty();
  }

  @Test
  void waitsForAnotherWorkerAndTakesOverWhenItsLeaseHasEnded() throws Exception {
    Backfill registered = fixture.store.register(fixture.job(source).key(), "test");
    fixture.store.claim(
        registered.id(), new LeaseRequest("elsewhere", "local", Duration.ofSeconds(60)));

    JobResult result = run(RunOptions.DEFAULT);

    assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(fixture.events(BackfillEvent.Waiting.class))
        .first()
        .satisfies(
            waiting -> {
              assertThat(waiting.holder()).isEqualTo("elsewhere");
              assertThat(waiting.until()).isEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
              assertThat(waiting.reason()).isEqualTo("elsewhere holds the lease");
              assertThat(waiting.failedAttempts()).isZero();
              assertThat(waiting.progress()).isNull();
            });
    assertThat(fixture.time.now()).isAfterOrEqualTo(Instant.parse("2026-01-01T00:01:00Z"));
  }

  @Test
  void takesOverAtOnceFromADeadProcessOfThisMachine() throws Exception {
    Process process = new ProcessBuilder("true").start();
    process.waitFor();
    Backfill registered = fixture.store.register(fixture.job(source).key(), "test");
    try (BackfillEngine engine = fixture.engine().build()) {
      String dead =
          engine
              .worker()
              .replaceFirst("pid-\\d+", "pid-" + process.pid())
              .replaceFirst("since-\\d+", "since-123");
      fixture.store.claim(registered.id(), new LeaseRequest(dead, "local", Duration.ofHours(1)));

      JobResult result = run(engine, RunOptions.DEFAULT);

      assertThat(result.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(fixture.time.sleeps()).isEmpty();
    }
  }

  @Test
  void endsAtItsLimitOfChunksAcrossSlices() throws Exception {
    source.script.add(() -> {});
    source.script.add(() -> limited(fixture.time.now().plusSeconds(3_000)));

    JobResult result = run(new RunOptions(1, true, 2, null));

    assertThat(result.outcome()).isEqualTo(Outcome.LIMIT_REACHED);
    assertThat(result.counts().chunks()).isEqualTo(2);
    assertThat(fixture.stored).hasSize(100);
  }

  @Test
  void endsAtItsDeadlineRatherThanWaitBeyondIt() throws Exception {
    source.script.add(() -> limited(fixture.time.now().plusSeconds(3_000)));
    Instant before = fixture.time.now();

    JobResult result = run(new RunOptions(1, true, Long.MAX_VALUE, Duration.ofMinutes(10)));

    assertThat(result.outcome()).isEqualTo(Outcome.LIMIT_REACHED);
    assertThat(Duration.between(before, fixture.time.now())).isEqualTo(Duration.ofMinutes(10));
  }

  @Test
  void aFailureIsAResultWithItsSentence() throws Exception {
    source.script.add(Failures.permanent());

    JobResult result = run(RunOptions.DEFAULT);

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.message()).isEqualTo("it is not there");
    assertThat(result.failure()).isNotNull();
  }

  @Test
  void aPausedJobIsAResult() throws Exception {
    Backfill registered = fixture.store.register(fixture.job(source).key(), "test");
    fixture.store.control(registered.id(), Control.PAUSE);

    assertThat(run(RunOptions.DEFAULT).outcome()).isEqualTo(Outcome.PAUSED);
  }

  @Test
  void stoppingIsAResult() throws Exception {
    try (BackfillEngine engine = fixture.engine().build()) {
      source.script.add(engine::stop);

      assertThat(run(engine, RunOptions.DEFAULT).outcome()).isEqualTo(Outcome.INTERRUPTED);
    }
    assertThat(fixture.backfill(source).holder()).isNull();
  }

  @Test
  void severalJobsRunAtOnceAndAnswerInOrder() throws Exception {
    List<BackfillSpec<?>> jobs =
        IntStream.range(0, 6)
            .<BackfillSpec<?>>mapToObj(
                i ->
                    new BackfillSpec<>(
                        new ScriptedSource(100), "owner/name-" + i, fixture.job(source).sink()))
            .toList();
    try (BackfillEngine engine = fixture.engine().build()) {
      List<JobResult> results =
          new BackfillRunner(engine).run(jobs, new RunOptions(3, true, Long.MAX_VALUE, null));

      assertThat(results)
          .extracting(r -> r.key().target())
          .containsExactly(
              "owner/name-0",
              "owner/name-1",
              "owner/name-2",
              "owner/name-3",
              "owner/name-4",
              "owner/name-5");
      assertThat(results).extracting(JobResult::outcome).containsOnly(Outcome.COMPLETED);
    }
  }

  @Test
  void aStoredWaitIsReportedBeforeItIsWaitedFor() throws Exception {
    Backfill registered = fixture.store.register(fixture.job(source).key(), "test");
    Claim granted =
        fixture.store.claim(
            registered.id(), new LeaseRequest("worker", "local", Duration.ofSeconds(60)));
    Instant until = fixture.time.now().plusSeconds(3_000);
    fixture.store.release(granted.lease(), LeaseRelease.waiting(until, "quota: 0 of 60 left"));

    assertThat(run(RunOptions.DEFAULT).outcome()).isEqualTo(Outcome.COMPLETED);

    assertThat(fixture.events.get(0)).isInstanceOf(BackfillEvent.Waiting.class);
    assertThat(((BackfillEvent.Waiting) fixture.events.get(0)).until()).isEqualTo(until);
  }

  @Test
  void aWaitOfAWorkerWhoseClockIsAYearAheadEndsAfterTwoHours() throws Exception {
    ManualTimeSource ahead = new ManualTimeSource();
    ahead.advance(Duration.ofDays(365));
    source.script.add(() -> limited(ahead.now().plusSeconds(60)));
    try (BackfillEngine wrong = fixture.engine().timeSource(ahead).build()) {
      assertThat(
              wrong.runSlice(fixture.job(source), SliceLimits.UNLIMITED.withMaxWait(Duration.ZERO)))
          .isInstanceOf(SliceResult.ContinueAt.class);
    }
    fixture.time.advance(Duration.ofHours(2));

    try (BackfillEngine right = fixture.engine().build()) {
      assertThat(right.runSlice(fixture.job(source), SliceLimits.UNLIMITED))
          .isInstanceOf(SliceResult.Done.class);
    }
  }

  @Test
  void aResumeEndsAWaitBeforeItsTime() throws Exception {
    source.script.add(() -> limited(fixture.time.now().plusSeconds(3_000)));
    run(new RunOptions(1, false, Long.MAX_VALUE, null));
    Instant before = fixture.time.now();

    fixture.store.control(fixture.backfill(source).id(), Control.RESUME);

    assertThat(run(RunOptions.DEFAULT).outcome()).isEqualTo(Outcome.COMPLETED);
    assertThat(fixture.time.now()).isEqualTo(before);
  }

  @Test
  void aDeadlineThatEndsBetweenTwoLooksIsALimitAndNotAMistake() throws Exception {
    for (int nanos = 1; nanos < 12; nanos++) {
      AtomicLong ticks = new AtomicLong();
      EngineFixture ticking = new EngineFixture();
      try (BackfillEngine engine =
          ticking.engine().timeSource(new TickingTime(ticking.time, ticks)).build()) {
        JobResult result =
            new BackfillRunner(engine)
                .run(
                    List.of(ticking.job(new ScriptedSource(12_000))),
                    new RunOptions(1, true, Long.MAX_VALUE, Duration.ofNanos(nanos)))
                .get(0);
        assertThat(result.outcome()).isEqualTo(Outcome.LIMIT_REACHED);
      }
    }
  }

  /** A nanosecond passes with every look. */
  private record TickingTime(TimeSource wall, AtomicLong ticks) implements TimeSource {
    @Override
    public Instant now() {
      return wall.now();
    }

    @Override
    public long nanoTime() {
      return ticks.incrementAndGet();
    }

    @Override
    public void sleep(Duration duration) {
      ticks.addAndGet(duration.toNanos());
    }
  }

  @Test
  void whileNothingWorksAnOutageIsWaitedOutOnceAndNotForEachJob() throws Exception {
    List<ScriptedSource> sources = List.of(unreachable(), unreachable(), unreachable());
    Instant before = fixture.time.now();
    try (BackfillEngine engine = fixture.engine().build()) {
      List<JobResult> results =
          new BackfillRunner(engine)
              .run(List.copyOf(sources.stream().map(fixture::job).toList()), RunOptions.DEFAULT);

      assertThat(results).extracting(JobResult::outcome).containsOnly(Outcome.FAILED);
      assertThat(results).extracting(JobResult::message).allMatch(m -> m.contains("unreachable"));
    }
    assertThat(Duration.between(before, fixture.time.now())).isLessThan(Duration.ofMinutes(2));
    assertThat(sources.get(2).calls).hasValue(0);
  }

  @Test
  void anOutageOfOneJobDoesNotEndOthersOnceSomethingHasWorked() throws Exception {
    List<BackfillSpec<?>> jobs =
        List.of(job(source, "a/a"), job(unreachable(), "b/b"), job(new ScriptedSource(5), "c/c"));
    try (BackfillEngine engine = fixture.engine().build()) {
      List<JobResult> results = new BackfillRunner(engine).run(jobs, RunOptions.DEFAULT);

      assertThat(results)
          .extracting(JobResult::outcome)
          .containsExactly(Outcome.COMPLETED, Outcome.FAILED, Outcome.COMPLETED);
    }
  }

  private BackfillSpec<Integer> job(ScriptedSource from, String target) {
    return new BackfillSpec<>(from, target, fixture.job(from).sink());
  }

  private static ScriptedSource unreachable() {
    ScriptedSource unreachable = new ScriptedSource(200);
    for (int i = 0; i < 1_000; i++) {
      unreachable.script.add(Failures.transientOnce("unreachable"));
    }
    return unreachable;
  }

  @Test
  void oneJobThatCannotBeStartedMeansThatNoneIs() {
    BackfillSpec<?> wrong =
        new BackfillSpec<>(
            new RefusingSource(), "nonsense", (items, transaction) -> SinkCounts.NONE);
    try (BackfillEngine engine = fixture.engine().build()) {
      assertThatThrownBy(
              () ->
                  new BackfillRunner(engine)
                      .run(List.of(fixture.job(source), wrong), RunOptions.DEFAULT))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessage("nonsense is no target");
    }
    assertThat(fixture.store.list()).isEmpty();
    assertThat(source.calls).hasValue(0);
  }

  private static final class RefusingSource implements PullSource<Integer> {
    @Override
    public String name() {
      return "test:refusing";
    }

    @Override
    public SourceSession<Integer> open(String target, Cursor from) {
      throw new InvalidConfigurationException(target + " is no target");
    }

    @Override
    public String itemKey(Integer item) {
      return item.toString();
    }
  }

  @Test
  void optionsOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> new RunOptions(0, true, 1, null))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> new RunOptions(1, true, 0, null))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> new RunOptions(1, true, 1, Duration.ZERO))
        .isInstanceOf(InvalidConfigurationException.class);
  }

  private JobResult run(RunOptions options) throws InterruptedException {
    try (BackfillEngine engine = fixture.engine().build()) {
      return run(engine, options);
    }
  }

  private JobResult run(BackfillEngine engine, RunOptions options) throws InterruptedException {
    return new BackfillRunner(engine).run(List.of(fixture.job(source)), options).get(0);
  }

  private static void limited(Instant until) {
    throw RateLimitedException.primary(until, "limited");
  }
}
