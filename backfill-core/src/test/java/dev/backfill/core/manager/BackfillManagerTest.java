package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Priority;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class BackfillManagerTest {

  private static final PermanentFailureException GONE =
      new PermanentFailureException(Reason.NOT_FOUND, "it is not there; check the name", null);

  private final ManagerFixture fixture = new ManagerFixture();
  private final ManualTimeSource time = fixture.time;

  @Test
  void aTrackedTargetIsFetchedWhole() throws InterruptedException {
    fixture.source.sizes.put("a/b", 1_000);
    try (BackfillManager manager = fixture.manager().build()) {
      assertThat(manager.track("a/b")).containsExactly(fixture.key("a/b"));
      RunSummary summary = manager.runDue();
      assertThat(summary.counts().items()).isEqualTo(1_000);
      assertThat(summary.completed()).isEqualTo(1);
      assertThat(summary.nextDue()).isNull();
    }
    assertThat(fixture.backfill("a/b").status()).isEqualTo(BackfillStatus.COMPLETED);
    assertThat(fixture.backfill("a/b").triggerReason()).isEqualTo("newly tracked");
    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    assertThat(fixture.kinds("a/b")).containsExactly("ROUTED", "COMPLETED");
    assertThat(fixture.events("a/b").get(0).kind()).isEqualTo(JobEvent.Kind.TRIGGERED);
    assertThat(fixture.events("a/b").get(0).reason()).isEqualTo("newly tracked");
  }

  @Test
  @Timeout(60)
  void oneSliceFollowsTheOtherWithoutAPause() throws InterruptedException {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    BackfillManager.Builder builder = fixture.manager().executor(thread);
    // A look at the wrong moment waited this long, and some of 500 always fell into one.
    builder.pollInterval = Duration.ofHours(1);
    try (BackfillManager manager = builder.build()) {
      for (int i = 0; i < 500; i++) {
        fixture.source.sizes.put("a/b" + i, 25);
        manager.track("a/b" + i);
      }
      assertThat(manager.runDue().completed()).isEqualTo(500);
    } finally {
      thread.shutdown();
    }
  }

  @Test
  @Timeout(60)
  void anExecutorThatCannotStartASliceBlocksNothing() throws InterruptedException {
    fixture.source.sizes.put("a/b", 25);
    IllegalStateException refusal = new IllegalStateException("no thread can be started");
    AtomicBoolean broken = new AtomicBoolean(true);
    Executor executor =
        task -> {
          if (broken.get()) {
            throw refusal;
          }
          task.run();
        };
    try (BackfillManager manager = fixture.manager().executor(executor).build()) {
      manager.track("a/b");
      assertThatThrownBy(manager::runDue).isSameAs(refusal);
      broken.set(false);
      // Whoever took the job may have died: after a while another may.
      time.advance(Duration.ofMinutes(3));
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
  }

  @Test
  @Timeout(60)
  void anErrorDoesNotEndAStartedManager() throws InterruptedException {
    fixture.source.sizes.put("a/b", 25);
    AtomicBoolean thrown = new AtomicBoolean();
    Executor executor =
        task -> {
          if (thrown.compareAndSet(false, true)) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          task.run();
        };
    try (BackfillManager manager = fixture.manager().executor(executor).build()) {
      manager.track("a/b");
      manager.start();
      fixture.awaitIdle("a/b");
    }
  }

  @Test
  @Timeout(60)
  void aManagerContinuesAfterAnOutageOfTheStore() throws Exception {
    fixture.source.sizes.put("a/b", 25);
    FailingJobs failing = new FailingJobs(fixture.jobs);
    BackfillManager.Builder builder =
        BackfillManager.builder(fixture.progress, failing.store())
            .source(fixture.source, (items, transaction) -> new SinkCounts(items.size(), 0))
            .timeSource(time)
            .rules(rules -> rules.withSync(null));
    try (BackfillManager manager = builder.build()) {
      manager.track("a/b");
      failing.failure = new TransientFailureException("connection refused", null);
      Thread resumed =
          new Thread(
              () -> {
                while (failing.failed.get() < 2) {
                  Thread.onSpinWait();
                }
                failing.failure = null;
              });
      resumed.start();
      fixture.runUntilIdle(manager, "a/b");
      resumed.join();
    }
    assertThat(failing.failed.get()).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aRestartReadsAgainWhatIsTrackedFromTheStart() throws InterruptedException {
    fixture.source.sizes.put("a/b", 60);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      assertThat(manager.runDue().counts().items()).isEqualTo(60);
      assertThat(manager.reload("a/b", RequestedBy.by("ann", "to see"))).hasSize(1);
      assertThat(fixture.job("a/b").reason()).isEqualTo("asked for by ann: to see");
      assertThat(manager.runDue().counts().items()).isEqualTo(60);
      assertThat(manager.reload("a/unknown", RequestedBy.by("ann", "to see"))).isEmpty();
    }
  }

  @Test
  void aReasonOfAnyLengthIsKeptInPart() throws InterruptedException {
    fixture.source.sizes.put("a/b", 60);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.sync("a/b", RequestedBy.by("ann", "why? ".repeat(200)));
      assertThat(fixture.job("a/b").reason())
          .startsWith("asked for by ann: why?")
          .endsWith("...")
          .hasSize(200);
    }
  }

  @Test
  void triggersAreIdempotent() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      assertThat(manager.track("a/b")).isEmpty();
      assertThat(manager.sync("a/b", RequestedBy.by("ann", "a release"))).hasSize(1);
      assertThat(manager.sync("a/b", RequestedBy.by("ann", "asked again"))).isEmpty();
      assertThat(fixture.job("a/b").reason()).isEqualTo("asked for by ann: a release");
      assertThat(fixture.jobs.list()).hasSize(1);
      assertThat(manager.runDue().completed()).isEqualTo(1);
      assertThat(manager.runDue().slices()).isZero();
      assertThat(manager.sync("a/b", RequestedBy.by("ann", "what is new?"))).hasSize(1);
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
  }

  @Test
  void anUntrackedTargetContinuesOnceItIsTrackedAgain() throws InterruptedException {
    fixture.source.sizes.put("a/b", 1_000);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      manager.runDue(Duration.ofSeconds(3));
      long processed = fixture.backfill("a/b").counters().processed();
      assertThat(processed).isBetween(25L, 975L);
      assertThat(manager.untrack("a/b", RequestedBy.by("a person")))
          .containsExactly(fixture.key("a/b"));
      assertThat(manager.runDue().slices()).isZero();
      manager.track("a/b");
      assertThat(manager.runDue().counts().items()).isEqualTo(1_000 - processed);
    }
  }

  @Test
  void aTargetThatNoSourceUnderstandsIsRefused() {
    try (BackfillManager manager = fixture.manager().build()) {
      fixture.source.refused = true;
      assertThatThrownBy(() -> manager.track("nonsense"))
          .isInstanceOf(InvalidConfigurationException.class);
      assertThat(fixture.jobs.list()).isEmpty();
    }
  }

  @Test
  void failuresAreTriedAgainAfterOneTwoFourMinutesAndThenRarely() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    fixture.source.failures.put("a/b", GONE);
    ManagerRules.Retries retries =
        new ManagerRules.Retries(
            Duration.ofMinutes(1), Duration.ofHours(1), 3, Duration.ofHours(6));
    for (int attempt = 1; attempt <= 3; attempt++) {
      // Another manager each time, as after a restart: what was waited is stored.
      try (BackfillManager manager =
          fixture.manager().rules(rules -> rules.withRetries(retries)).build()) {
        manager.track("a/b");
        assertThat(manager.runDue().failed()).isEqualTo(1);
        assertThat(manager.runDue().slices()).isZero();
      }
      Job job = fixture.job("a/b");
      assertThat(job.state()).isEqualTo(JobState.QUEUED);
      assertThat(job.attempts()).isEqualTo(attempt);
      Duration delay = Duration.between(time.now(), job.dueAt());
      Duration doubled = Duration.ofMinutes(1L << (attempt - 1));
      assertThat(delay)
          .isBetween(doubled.multipliedBy(8).dividedBy(10), doubled.multipliedBy(12).dividedBy(10));
      time.advance(delay);
    }
    try (BackfillManager manager =
        fixture.manager().rules(rules -> rules.withRetries(retries)).build()) {
      assertThat(manager.runDue().failed()).isEqualTo(1);
      assertThat(fixture.job("a/b").state()).isEqualTo(JobState.FAILED);
      assertThat(fixture.last("a/b", JobEvent.Kind.GAVE_UP).orElseThrow().reason())
          .startsWith("4 runs in a row failed; it tries again by itself at ");
      fixture.source.failures.clear();
      assertThat(manager.runDue().slices()).isZero();
      time.advance(Duration.ofHours(6));
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
    assertThat(fixture.job("a/b").attempts()).isZero();
  }

  @Test
  void whatStoresSomethingBeforeItFailsIsNotGivenUp() throws InterruptedException {
    fixture.source.sizes.put("a/b", 20_000);
    AtomicInteger written = new AtomicInteger();
    Sink<String> sink =
        (items, transaction) -> {
          if (written.incrementAndGet() % 20 == 0) {
            fixture.source.failures.put("a/b", new TransientFailureException("502", null));
          }
          return new SinkCounts(items.size(), 0);
        };
    BackfillManager.Builder builder =
        BackfillManager.builder(fixture.progress, fixture.jobs)
            .source(fixture.source, sink)
            .timeSource(time)
            .parallelism(1)
            .rules(rules -> rules.withSync(null))
            .executor(
                slice -> {
                  fixture.source.failures.clear();
                  slice.run();
                });
    try (BackfillManager manager = builder.build()) {
      manager.track("a/b");
      assertThat(manager.runFor(Duration.ofDays(1)).completed()).isEqualTo(1);
    }
    assertThat(fixture.kinds("a/b")).contains("FAILED").doesNotContain("GAVE_UP");
  }

  @Test
  void aLimitIsNoFailure() throws InterruptedException {
    fixture.source.sizes.put("a/b", 200_000);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      RunSummary summary = manager.runDue();
      assertThat(summary.failed()).isZero();
      assertThat(summary.nextDue()).isAfter(time.now());
      assertThat(fixture.backfill("a/b").status()).isEqualTo(BackfillStatus.WAITING);
      assertThat(fixture.job("a/b").attempts()).isZero();
      assertThat(manager.runFor(Duration.ofDays(1)).completed()).isEqualTo(1);
    }
    assertThat(fixture.quota.min()).isGreaterThanOrEqualTo(500);
    assertThat(fixture.kinds("a/b")).doesNotContain("FAILED", "RETRIED");
  }

  @Test
  void aRunOfBoundedTimeEndsInTime() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100_000);
    Instant begin = time.now();
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      RunSummary summary = manager.runFor(Duration.ofMinutes(10));
      assertThat(Duration.between(begin, time.now()))
          .isBetween(Duration.ofMinutes(9), Duration.ofMinutes(10).plusSeconds(5));
      assertThat(summary.nextDue()).isEqualTo(time.now());
    }
  }

  @Test
  void whatAnotherWorkerLeftBehindIsTakenOver() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      fixture.progress.claim(
          fixture.backfill("a/b").id(), new LeaseRequest("dead", "local", Duration.ofSeconds(60)));
      assertThat(manager.runDue().slices()).isZero();
      time.advance(Duration.ofSeconds(61));
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
  }

  @Test
  void pausedJobsRestUntilAUserResumesThem() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      manager.pause("a/b", RequestedBy.by("a person"));
      time.advance(Duration.ofDays(3));
      assertThat(manager.runDue().slices()).isZero();
      manager.resume("a/b", RequestedBy.by("a person"));
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
  }

  @Test
  void completeHistoriesAreLookedAtAgainByTheInterval() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    ManagerRules.Sync hourly = new ManagerRules.Sync(Duration.ofHours(1), Duration.ofDays(1));
    try (BackfillManager manager =
        fixture.manager().rules(rules -> rules.withSync(hourly)).build()) {
      manager.track("a/b");
      RunSummary first = manager.runDue();
      assertThat(first.nextDue()).isEqualTo(time.now().plus(Duration.ofHours(1)));
      fixture.source.sizes.put("a/b", 130);
      assertThat(manager.runDue().slices()).isZero();
      time.advance(Duration.ofHours(1));
      assertThat(fixture.job("a/b").priority()).isEqualTo(Priority.SCHEDULED);
      assertThat(manager.runDue().counts().items()).isEqualTo(30);
    }
  }

  @Test
  void switchedOffItRunsNothingAndKeepsWhatIsTracked() throws InterruptedException {
    fixture.source.sizes.put("a/b", 100);
    BackfillSettings off =
        BackfillSettings.builder().set(BackfillSettings.ENABLED, "false").build();
    try (BackfillManager manager = fixture.manager().settings(off).build()) {
      manager.track("a/b");
      assertThat(manager.runDue().slices()).isZero();
    }
    try (BackfillManager manager = fixture.manager().build()) {
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
  }

  @Test
  void listenersHearOfJobs() throws InterruptedException {
    fixture.source.sizes.put("a/b", 30);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      manager.runDue();
    }
    assertThat(
            fixture.events.stream()
                .filter(BackfillEvent.JobNoted.class::isInstance)
                .map(event -> ((BackfillEvent.JobNoted) event).event().kind().name()))
        .containsExactly("TRIGGERED", "ROUTED", "COMPLETED");
    assertThat(fixture.events).anyMatch(BackfillEvent.ChunkCommitted.class::isInstance);
  }

  @Test
  void aManagerWithoutSourcesOrWithOneTwiceIsRefused() {
    assertThatThrownBy(() -> BackfillManager.builder(fixture.progress, fixture.jobs).build())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("has no source");
    assertThatThrownBy(
            () -> fixture.manager().source(fixture.source, (items, transaction) -> null).build())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("test:numbers was added twice");
  }

  @Test
  void severalManagersShareTheWork() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      fixture.source.sizes.put("a/" + i, 200);
    }
    try (BackfillManager one = fixture.manager().build();
        BackfillManager two = fixture.manager().build()) {
      fixture.source.sizes.keySet().forEach(one::track);
      assertThat(one.runDue(Duration.ofSeconds(4)).completed()).isLessThan(6);
      two.runDue();
    }
    assertThat(fixture.jobs.list()).allMatch(job -> job.state() == JobState.IDLE);
    assertThat(List.copyOf(fixture.source.sizes.keySet()))
        .allMatch(target -> fixture.backfill(target).counters().processed() == 200);
  }
}
