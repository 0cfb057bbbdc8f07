package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.ManualTimeSource;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a manager waits, for what, and what ends it. */
@Timeout(60)
class WorkLoopTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final ManualTimeSource time = fixture.time;

  /** The fixture's time, with something that happens when so many seconds have been slept. */
  private final class Sleeping implements TimeSource {

    final int seconds;
    final Runnable then;
    final AtomicInteger sleeps = new AtomicInteger();

    Sleeping(int seconds, Runnable then) {
      this.seconds = seconds;
      this.then = then;
    }

    @Override
    public Instant now() {
      return time.now();
    }

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public void sleep(Duration duration) throws InterruptedException {
      time.sleep(duration);
      if (sleeps.incrementAndGet() == seconds) {
        then.run();
      }
    }
  }

  private void track(String target) {
    fixture.source.sizes.put(target, 10);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track(target);
    }
  }

  /** A tracked target that is due in so long. */
  private void dueIn(Duration wait) {
    track("a/b");
    Instant due = time.now().plus(wait);
    Job job = fixture.job("a/b");
    fixture.jobs.update(
        new Schedule(time.now(), due, due, 0, 0).on(job.withState(JobState.QUEUED)), List.of());
  }

  private boolean isComplete(String target) {
    return fixture.backfill(target).status() == BackfillStatus.COMPLETED;
  }

  private Duration begunAfter(String target, Instant moment) {
    return Duration.between(moment, fixture.backfill(target).startedAt());
  }

  @Test
  void aRunWaitsForWhatIsDueBeforeItsEnd() throws InterruptedException {
    Instant begin = time.now();
    dueIn(Duration.ofMinutes(10).minusSeconds(1));
    try (BackfillManager manager = fixture.manager().build()) {
      assertThat(manager.runFor(Duration.ofMinutes(10)).slices()).isEqualTo(1);
    }
    assertThat(begunAfter("a/b", begin)).isEqualTo(Duration.ofMinutes(10).minusSeconds(1));
  }

  @Test
  void aRunDoesNotWaitForWhatIsDueWhenItEnds() throws InterruptedException {
    Instant begin = time.now();
    dueIn(Duration.ofMinutes(10));
    try (BackfillManager manager = fixture.manager().build()) {
      RunSummary summary = manager.runFor(Duration.ofMinutes(10));
      assertThat(summary.slices()).isZero();
      assertThat(summary.nextDue()).isEqualTo(begin.plus(Duration.ofMinutes(10)));
    }
    assertThat(time.now()).isEqualTo(begin);
  }

  @Test
  void whatWorkComesInIsBegunWithinASecond() throws InterruptedException {
    dueIn(Duration.ofMinutes(5));
    fixture.source.sizes.put("c/d", 10);
    Instant begin = time.now();
    BackfillManager[] own = new BackfillManager[1];
    Sleeping sleeping = new Sleeping(7, () -> own[0].track("c/d"));
    try (BackfillManager manager = fixture.manager().timeSource(sleeping).build()) {
      own[0] = manager;
      manager.runFor(Duration.ofMinutes(10));
    }
    assertThat(begunAfter("c/d", begin)).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void whatOtherProcessesQueueIsBegunWithinHalfAMinute() throws InterruptedException {
    dueIn(Duration.ofMinutes(5));
    Instant begin = time.now();
    Sleeping sleeping = new Sleeping(7, () -> track("c/d"));
    try (BackfillManager manager = fixture.manager().timeSource(sleeping).build()) {
      manager.runFor(Duration.ofMinutes(10));
    }
    assertThat(begunAfter("c/d", begin)).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void aStopEndsAWaitWithinASecond() throws InterruptedException {
    dueIn(Duration.ofMinutes(5));
    Instant begin = time.now();
    BackfillManager[] own = new BackfillManager[1];
    Sleeping sleeping = new Sleeping(7, () -> own[0].stop());
    try (BackfillManager manager = fixture.manager().timeSource(sleeping).build()) {
      own[0] = manager;
      assertThat(manager.runFor(Duration.ofMinutes(10)).slices()).isZero();
    }
    assertThat(Duration.between(begin, time.now())).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void aStopDuringASliceStartsNoOther() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      track("a/" + i);
    }
    BackfillManager[] own = new BackfillManager[1];
    try (BackfillManager manager =
        fixture
            .manager()
            .executor(
                slice -> {
                  slice.run();
                  own[0].stop();
                })
            .build()) {
      own[0] = manager;
      assertThat(manager.runDue().slices()).isEqualTo(1);
    }
  }

  @Test
  void whatOthersTakeFirstIsLookedAtAgainInFiveSeconds() throws InterruptedException {
    track("a/b");
    JobStore beaten =
        (JobStore)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {JobStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("update")
                        ? Optional.empty()
                        : method.invoke(fixture.jobs, arguments));
    Job job = fixture.job("a/b");
    fixture.jobs.update(
        job.withPlacement(new Placement(Destination.LOCAL, "a test", false)), List.of());
    try (BackfillManager manager =
        BackfillManager.builder(fixture.progress, beaten)
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(time)
            .build()) {
      RunSummary summary = manager.runDue();
      assertThat(summary.slices()).isZero();
      assertThat(summary.nextDue()).isEqualTo(time.now().plusSeconds(5));
    }
  }

  @Test
  void aUsedUpQuotaIsWaitedForUntilItIsReset() throws InterruptedException {
    fixture.source.sizes.put("a/b", 200_000);
    fixture.source.sizes.put("c/d", 10);
    try (BackfillManager manager = fixture.manager().build()) {
      manager.track("a/b");
      assertThat(manager.runDue().nextDue()).isEqualTo(fixture.quota.quota().resetAt());
      manager.track("c/d");
      assertThat(manager.runDue().nextDue())
          .as("what is due now has to wait for it too")
          .isEqualTo(fixture.quota.quota().resetAt());
    }
  }

  private void restIsOver() {
    Instant now = time.now();
    fixture.jobs.suspend(
        new Suspension(Suspension.WORK, "a test", Suspension.AUTOMATIC, now, now, 1));
  }

  @Test
  void afterARestOneOfManyWorkersTries() throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try (BackfillManager manager = fixture.manager().parallelism(4).executor(threads).build()) {
      for (int i = 0; i < 8; i++) {
        track("a/" + i);
        fixture.source.failures.put(
            "a/" + i, new PermanentFailureException(Reason.BAD_CREDENTIALS, "refused", null));
      }
      restIsOver();
      RunSummary summary = manager.runDue();
      assertThat(summary.failed()).isEqualTo(1);
      assertThat(summary.nextDue()).isEqualTo(time.now().plus(Duration.ofMinutes(2)));
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void asManySlicesRunAsThereAreWorkers() throws InterruptedException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (BackfillManager manager =
        fixture
            .manager()
            .parallelism(2)
            .executor(
                slice ->
                    threads.execute(
                        () -> {
                          most.accumulateAndGet(running.incrementAndGet(), Math::max);
                          Thread.yield();
                          running.decrementAndGet();
                          slice.run();
                        }))
            .build()) {
      for (int i = 0; i < 30; i++) {
        track("a/" + i);
      }
      assertThat(manager.runDue().completed()).isEqualTo(30);
    } finally {
      threads.shutdown();
    }
    assertThat(most.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void aRestThatBeginsStopsTheOthersOfTheSameLook() throws InterruptedException {
    try (BackfillManager manager =
        fixture
            .manager()
            .parallelism(10)
            .rules(
                rules ->
                    rules.withBreaker(
                        new ManagerRules.Breaker(2, Duration.ofMinutes(1), Duration.ofHours(1))))
            .build()) {
      for (int i = 0; i < 5; i++) {
        track("a/" + i);
        fixture.source.failures.put(
            "a/" + i, new PermanentFailureException(Reason.BAD_CREDENTIALS, "refused", null));
      }
      assertThat(manager.runDue().failed()).isEqualTo(2);
    }
  }

  @Test
  void atItsVeryEndARunStartsNothing() throws InterruptedException {
    Instant end = time.now().plusSeconds(10);
    track("a/1");
    track("a/2");
    try (BackfillManager manager =
        fixture
            .manager()
            .executor(
                slice -> {
                  slice.run();
                  time.advance(Duration.between(time.now(), end));
                })
            .build()) {
      RunSummary summary = manager.runDue(Duration.ofSeconds(10));
      assertThat(summary.slices()).isEqualTo(1);
      assertThat(summary.nextDue()).as("it may be run again at once").isEqualTo(end);
    }
  }

  @Test
  void syncsComeLessOftenTheMoreJobsAreDue() throws InterruptedException {
    for (int i = 0; i < 41; i++) {
      track("a/" + i);
    }
    BackfillManager[] own = new BackfillManager[1];
    try (BackfillManager manager =
        fixture
            .manager()
            .rules(
                rules ->
                    rules.withSync(new ManagerRules.Sync(Duration.ofHours(1), Duration.ofDays(1))))
            .executor(
                slice -> {
                  slice.run();
                  own[0].stop();
                })
            .build()) {
      own[0] = manager;
      assertThat(manager.runDue().completed()).isEqualTo(1);
    }
    assertThat(
            fixture.jobs.list().stream()
                .filter(job -> job.state() == JobState.IDLE)
                .map(job -> job.dueAt()))
        .as("40 jobs wait for the one worker")
        .containsExactly(time.now().plus(Duration.ofHours(3)));
  }

  @Test
  void anInterruptEndsARunWhoseStoreIsAway() {
    FailingJobs failing = new FailingJobs(fixture.jobs);
    Sleeping sleeping = new Sleeping(1, Thread.currentThread()::interrupt);
    try (BackfillManager manager =
        BackfillManager.builder(fixture.progress, failing.store())
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(sleeping)
            .build()) {
      failing.failure = new TransientFailureException("connection refused", null);
      assertThatThrownBy(manager::runDue)
          .isInstanceOf(InterruptedException.class)
          .hasMessageContaining("connection refused");
      assertThatThrownBy(manager::runDue)
          .as("otherwise the failure itself does, after a while")
          .isInstanceOf(TransientFailureException.class);
      failing.failure = null;
    }
  }

  @Test
  void aRunThatWaitsRemovesOldRowsMeanwhile() throws InterruptedException {
    AtomicInteger requested = new AtomicInteger();
    AtomicInteger askedBefore = new AtomicInteger();
    dueIn(Duration.ofMinutes(5));
    track("c/d");
    Sleeping sleeping = new Sleeping(1, () -> askedBefore.set(requested.get()));
    try (BackfillManager manager =
        BackfillManager.builder(counting(requested), fixture.jobs)
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(sleeping)
            .executor(Runnable::run)
            .rules(rules -> rules.withSync(null))
            .build()) {
      assertThat(manager.runFor(Duration.ofMinutes(10)).completed()).isEqualTo(2);
    }
    assertThat(askedBefore).hasValue(1);
  }

  private ProgressStore counting(AtomicInteger requested) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("claimPruning")) {
                requested.incrementAndGet();
              }
              return method.invoke(fixture.progress, arguments);
            });
  }

  @Test
  void onlyARunThatDidSomethingRemovesOldRows() throws InterruptedException {
    AtomicInteger requested = new AtomicInteger();
    try (BackfillManager manager =
        BackfillManager.builder(counting(requested), fixture.jobs)
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(time)
            .executor(Runnable::run)
            .build()) {
      manager.runDue();
      assertThat(requested).hasValue(0);
      track("a/b");
      manager.runDue();
      assertThat(requested).hasValue(1);
    }
    assertThat(isComplete("a/b")).isTrue();
  }
}
