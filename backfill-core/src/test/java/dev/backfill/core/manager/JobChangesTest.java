package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.Dispatcher.Run;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.routing.JobRouter;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Changes of a job that others change at the same time. */
@Timeout(60)
class JobChangesTest {

  private static final Run LOST = new Run("17", null, "failure", false);
  private static final PermanentFailureException GONE =
      new PermanentFailureException(Reason.NOT_FOUND, "it is not there; check the name", null);

  private final ManagerFixture fixture = new ManagerFixture();

  @BeforeEach
  void aTarget() {
    fixture.source.sizes.put("a/b", 20_000);
  }

  /** A destination whose answer to a look takes as long as a test wants. */
  private record Slow(Look look) implements Dispatcher {

    interface Look {
      Run run() throws Exception;
    }

    @Override
    public Destination destination() {
      return Destination.GITHUB_ACTIONS;
    }

    @Override
    public Dispatch dispatch(Dispatch request, String target, List<String> sources) {
      return new Dispatch(request.correlationId(), request.at(), null, null, null);
    }

    @Override
    public Run follow(Dispatch dispatch) {
      try {
        return look.run();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private BackfillManager manager(Slow.Look look) {
    return fixture.manager().dispatcher(new Slow(look)).router(JobRouter.standard(100)).build();
  }

  private void send() throws InterruptedException {
    try (BackfillManager manager = manager(() -> LOST)) {
      manager.track("a/b");
      manager.runDue();
    }
    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.DISPATCHED);
  }

  private void update(Job job, JobEvent... events) {
    fixture.jobs.update(job, List.of(events)).orElseThrow();
  }

  private Dispatch dispatch() {
    return Objects.requireNonNull(fixture.job("a/b").dispatch());
  }

  @Test
  void eightManagersThatSeeALostRunFallBackOnce() throws Exception {
    send();
    fixture.time.advance(Duration.ofMinutes(1));
    // Each has read the dispatched job, and none has judged its run.
    CyclicBarrier allHaveLooked = new CyclicBarrier(8);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<BackfillManager> managers = new ArrayList<>();
    try {
      List<Future<RunSummary>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        BackfillManager manager =
            manager(
                () -> {
                  allHaveLooked.await(30, TimeUnit.SECONDS);
                  return LOST;
                });
        managers.add(manager);
        runs.add(threads.submit(() -> manager.runDue(Duration.ofSeconds(2))));
      }
      for (Future<RunSummary> run : runs) {
        run.get(50, TimeUnit.SECONDS);
      }
    } finally {
      managers.forEach(BackfillManager::close);
      threads.shutdownNow();
    }

    assertThat(fixture.kinds("a/b").stream().filter("FELL_BACK"::equals)).hasSize(1);
    assertThat(fixture.kinds("a/b")).doesNotContain("FAILED", "GAVE_UP");
    assertThat(fixture.job("a/b").attempts()).isZero();
  }

  static Stream<Run> looks() {
    return Stream.of(
        Run.NONE,
        new Run("17", null, null, false),
        new Run("17", null, "failure", false),
        new Run("17", null, "success", true));
  }

  @ParameterizedTest
  @MethodSource("looks")
  void aJobCompletedWhileItsRunIsLookedAtStaysComplete(Run run) throws Exception {
    send();
    fixture.time.advance(Duration.ofMinutes(16));
    try (BackfillManager worker =
            fixture.manager().destination(Destination.GITHUB_ACTIONS).build();
        BackfillManager local =
            manager(
                () -> {
                  worker.runFor(Duration.ofHours(1));
                  return run;
                })) {
      local.runDue();
    }

    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    assertThat(fixture.kinds("a/b")).endsWith("CLAIMED", "COMPLETED").doesNotContain("FELL_BACK");
  }

  @Test
  void aJobTakenWhileItsRunIsLookedAtIsNotTakenBack() throws Exception {
    send();
    fixture.time.advance(Duration.ofMinutes(16));
    try (BackfillManager local =
        manager(
            () -> {
              update(fixture.job("a/b").withDispatch(dispatch().claimed(fixture.time.now())));
              return Run.NONE;
            })) {
      local.runDue();
    }

    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.DISPATCHED);
    assertThat(fixture.kinds("a/b")).doesNotContain("FELL_BACK");
  }

  @ParameterizedTest
  @MethodSource("looks")
  void theEndOfARunDoesNotEndALaterDispatch(Run run) throws Exception {
    send();
    fixture.time.advance(Duration.ofMinutes(16));
    AtomicBoolean first = new AtomicBoolean(true);
    try (BackfillManager local =
        manager(
            () -> {
              if (first.getAndSet(false)) {
                Dispatch later = new Dispatch("later", fixture.time.now(), null, null, null);
                update(fixture.job("a/b").withDispatch(later));
              }
              return run;
            })) {
      local.runDue();
    }

    assertThat(dispatch().correlationId()).isEqualTo("later");
    assertThat(dispatch().run()).as("the run of the earlier request").isNull();
  }

  /** The lease is free, another manager has completed the job, and the failure comes late. */
  @Test
  void aSliceThatFailedChangesNothingAfterAnotherCompletedTheJob() throws Exception {
    Schedule nextWeek =
        new Schedule(
            fixture.time.now(),
            fixture.time.now().plus(Duration.ofDays(7)),
            fixture.time.now(),
            0,
            0);
    try (BackfillManager manager = whileItRuns(job -> nextWeek.on(job.withState(JobState.IDLE)))) {
      manager.track("a/b");
      manager.runDue();
    }

    assertThat(fixture.job("a/b").state()).isEqualTo(JobState.IDLE);
    assertThat(Schedule.of(fixture.job("a/b"))).isEqualTo(nextWeek);
    assertThat(fixture.kinds("a/b")).doesNotContain("FAILED", "RETRIED", "GAVE_UP");
  }

  @Test
  void aSliceThatFailedChangesNothingAfterTheJobWasSentElsewhere() throws Exception {
    Dispatch elsewhere = new Dispatch("elsewhere", fixture.time.now(), null, null, null);
    try (BackfillManager manager = whileItRuns(job -> job.withDispatch(elsewhere))) {
      manager.track("a/b");
      manager.runDue();
    }

    assertThat(dispatch()).isEqualTo(elsewhere);
    assertThat(fixture.kinds("a/b")).doesNotContain("FAILED", "RETRIED", "FELL_BACK");
  }

  @Test
  void aSliceThatFailedAfterAUsersRequestCountsAsFailed() throws Exception {
    try (BackfillManager manager = fixture.manager().build();
        BackfillManager running =
            failingAfter(() -> manager.sync("a/b", RequestedBy.by("ann", "a person waits")))) {
      running.track("a/b");
      running.runDue();
    }

    assertThat(fixture.kinds("a/b")).containsSubsequence("TRIGGERED", "FAILED", "RETRIED");
    assertThat(fixture.job("a/b").attempts()).isEqualTo(1);
  }

  private BackfillManager whileItRuns(UnaryOperator<Job> change) {
    return failingAfter(() -> update(change.apply(fixture.job("a/b"))));
  }

  private BackfillManager failingAfter(Runnable meanwhile) {
    return BackfillManager.builder(fixture.progress, fixture.jobs)
        .source(
            fixture.source,
            (items, transaction) -> {
              meanwhile.run();
              throw GONE;
            })
        .timeSource(fixture.time)
        .parallelism(1)
        .executor(Runnable::run)
        .rules(rules -> rules.withSync(null))
        .build();
  }

  @Test
  void anAutomaticSuspensionDoesNotReplaceAUsersOwn() throws Exception {
    Suspension usersOwn =
        new Suspension(Suspension.WORK, "upgrade", "ann", fixture.time.now(), null, 1);
    JobStore store = suspendedAfterALook(usersOwn);
    try (BackfillManager manager =
        BackfillManager.builder(fixture.progress, store)
            .source(fixture.source, (items, transaction) -> new SinkCounts(items.size(), 0))
            .timeSource(fixture.time)
            .rules(
                rules ->
                    rules.withBreaker(
                        new ManagerRules.Breaker(2, Duration.ofMinutes(1), Duration.ofHours(1))))
            .parallelism(1)
            .executor(
                slice -> {
                  failing.set(slices.incrementAndGet() == 2);
                  slice.run();
                  failing.set(false);
                })
            .rules(rules -> rules.withSync(null))
            .build()) {
      for (String target : List.of("a/b", "a/c")) {
        fixture.source.failures.put(target, new TransientFailureException("502", null));
        manager.track(target);
      }
      manager.runDue();
    }

    assertThat(fixture.jobs.suspensions()).containsExactly(usersOwn);
  }

  private final AtomicBoolean failing = new AtomicBoolean();
  private final AtomicInteger slices = new AtomicInteger();

  /** A person suspends all work just after the circuit breaker has looked. */
  private JobStore suspendedAfterALook(Suspension usersOwn) {
    return (JobStore)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {JobStore.class},
            (proxy, method, arguments) -> {
              Object result = method.invoke(fixture.jobs, arguments);
              if (method.getName().equals("suspensions") && failing.get()) {
                fixture.jobs.suspend(usersOwn);
              }
              return result;
            });
  }
}
