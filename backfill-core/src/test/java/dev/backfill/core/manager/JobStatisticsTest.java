package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.manager.JobStatistics.State;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class JobStatisticsTest {

  private static final RequestedBy ANN = new RequestedBy("ann", "the database moves");

  private final ManagerFixture fixture = new ManagerFixture();
  private final BackfillManager manager = fixture.manager().build();

  @AfterEach
  void close() {
    manager.close();
  }

  private void leaveIn(State state, String target) throws InterruptedException {
    manager.track(target);
    switch (state) {
      case QUEUED -> {}
      case RUNNING ->
          fixture.progress.claim(
              fixture.backfill(target).id(),
              new LeaseRequest("other", "elsewhere", Duration.ofMinutes(1)));
      case WAITING -> fixture.leaveWaiting(target, Duration.ofMinutes(10));
      case PAUSED -> manager.pause(target, ANN);
      case CANCELLED -> manager.cancel(target, ANN);
      case DISPATCHED ->
          fixture.jobs.update(
              fixture
                  .job(target)
                  .withPlacement(new Placement(new Destination("far"), "a rule", false))
                  .withDispatch(Dispatch.requested("correlation", fixture.time.now())),
              List.of());
      case IDLE -> {
        fixture.source.sizes.put(target, 10);
        manager.runDue();
      }
      case FAILED ->
          fixture.jobs.update(
              fixture
                  .job(target)
                  .withState(JobState.FAILED)
                  .withDueAt(fixture.time.now().plus(Duration.ofDays(1))),
              List.of());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aJobIsInOneState(State state) throws InterruptedException {
    leaveIn(state, "a/b");

    JobStatistics statistics = manager.statistics();

    assertThat(statistics.jobs()).hasSize(State.values().length).containsEntry(state, 1L);
    assertThat(statistics.jobs().values().stream().mapToLong(Long::longValue).sum()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void onlyAJobThatCouldRunIsOverdue(State state) throws InterruptedException {
    leaveIn(state, "a/b");
    fixture.time.advance(Duration.ofSeconds(40));

    assertThat(manager.statistics().overdue())
        .isEqualTo(state == State.QUEUED ? Duration.ofSeconds(40) : Duration.ZERO);
  }

  @Test
  void aJobIsOverdueFromTheEndOfItsWait() {
    manager.track("a/b");
    fixture.leaveWaiting("a/b", Duration.ofMinutes(10));
    fixture.time.advance(Duration.ofMinutes(13));

    JobStatistics statistics = manager.statistics();

    assertThat(statistics.overdue()).isEqualTo(Duration.ofMinutes(3));
    assertThat(statistics.jobs()).containsEntry(State.QUEUED, 1L);
  }

  @Test
  void theLongestOverdueJobCounts() {
    manager.track("a/b");
    fixture.time.advance(Duration.ofSeconds(30));
    manager.track("c/d");
    fixture.time.advance(Duration.ofSeconds(10));

    assertThat(manager.statistics().overdue()).isEqualTo(Duration.ofSeconds(40));
    assertThat(manager.statistics().at()).isEqualTo(fixture.time.now());
  }

  @Test
  void jobsOfOtherSourcesDoNotCount() {
    BackfillKey other = new BackfillKey("test:others", "a/b");
    fixture.jobs.enqueue(
        other, Priority.TRACKED, "newly tracked", fixture.time.now(), fixture.time.now());
    fixture.time.advance(Duration.ofHours(1));

    JobStatistics statistics = manager.statistics();

    assertThat(statistics.jobs()).containsEntry(State.QUEUED, 0L);
    assertThat(statistics.overdue()).isZero();
    assertThat(statistics.quarantined()).containsOnlyKeys("test:numbers");
  }

  @Test
  void itemsInQuarantineAreAddedUp() throws InterruptedException {
    fixture.source.sizes.put("a/b", 30);
    fixture.source.sizes.put("c/d", 30);
    Sink<String> refusing =
        (items, transaction) -> {
          if (items.contains("7") || items.contains("8")) {
            throw new PoisonItemException("the database refuses it", null);
          }
          return new SinkCounts(items.size(), 0);
        };
    try (BackfillManager one =
        BackfillManager.builder(fixture.progress, fixture.jobs)
            .source(fixture.source, refusing)
            .timeSource(fixture.time)
            .build()) {
      one.track("a/b");
      one.track("c/d");
      one.runDue();
      assertThat(one.statistics().quarantined()).containsEntry("test:numbers", 4L);
    }
  }

  @Test
  void theCircuitIsReported() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      fixture.source.failures.put(
          "a/" + i, new PermanentFailureException(Reason.BAD_CREDENTIALS, "refused", null));
      manager.track("a/" + i);
    }
    assertThat(manager.statistics().circuit()).isEqualTo(JobStatistics.Circuit.CLOSED);
    manager.runDue();
    assertThat(manager.statistics().circuit()).isEqualTo(JobStatistics.Circuit.OPEN);
    fixture.time.advance(Duration.ofMinutes(1));
    assertThat(manager.statistics().circuit()).isEqualTo(JobStatistics.Circuit.HALF_OPEN);
    assertThat(fixture.jobs.resume(Suspension.WORK)).isTrue();
    assertThat(manager.statistics().circuit()).isEqualTo(JobStatistics.Circuit.CLOSED);
  }

  @Test
  void aFailureOfTheStoreIsNotRepeated() {
    AtomicInteger calls = new AtomicInteger();
    Consumer<String> failing =
        method -> {
          if (method.equals("list")) {
            calls.incrementAndGet();
            throw new TransientFailureException("connection refused", null);
          }
        };
    JobStore jobs =
        (JobStore)
            Proxy.newProxyInstance(
                JobStore.class.getClassLoader(),
                new Class<?>[] {JobStore.class},
                (proxy, method, arguments) -> {
                  failing.accept(method.getName());
                  return method.invoke(fixture.jobs, arguments);
                });
    ProgressStore progress = fixture.progress;
    try (BackfillManager one =
        BackfillManager.builder(progress, jobs)
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(fixture.time)
            .build()) {
      assertThatThrownBy(one::statistics).isInstanceOf(TransientFailureException.class);
    }
    assertThat(calls).hasValue(1);
  }
}
