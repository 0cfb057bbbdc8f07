package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import dev.backfill.testkit.Eventually;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests and lost leases while a worker is busy with something that does not end by itself. The
 * test moves time and the timers of the leases by the two seconds in which a request must take
 * effect, and not further.
 */
@Timeout(60)
class SteeringTest {

  private static final Duration STEP = Duration.ofMillis(500);
  private static final int STEPS_IN_TWO_SECONDS = 4;

  private final ScriptedSource source = new ScriptedSource(200);
  private final SteppedTimeSource time = new SteppedTimeSource();
  private final ManualTimers timers = new ManualTimers();
  private final ProgressStore store = new InMemoryStore(time).progress();
  private final EngineFixture fixture = new EngineFixture();
  private final BackfillSpec<Integer> job = fixture.job(source);
  private final CountDownLatch requested = new CountDownLatch(1);

  @ParameterizedTest
  @EnumSource(names = {"PAUSE", "CANCEL"})
  void aRequestEndsAFetchThatHangs(Control request) throws Exception {
    source.script.add(() -> {});
    source.script.add(
        () -> {
          ask(request);
          new CountDownLatch(1).await();
        });

    SliceResult result = slice(engine(store));

    assertStopped(result, request);
    assertThat(fixture.stored).hasSize(50);
    assertTheRestComesAfterAResume(result);
  }

  @Test
  void aRequestEndsAWaitForQuotaInTheSlice() throws Exception {
    source.script.add(
        () -> {
          ask(Control.PAUSE);
          throw RateLimitedException.primary(time.now().plus(Duration.ofMinutes(20)), "quota");
        });

    assertStopped(slice(engine(store)), Control.PAUSE);
  }

  @Test
  void aRequestEndsTheBackoffBetweenTwoAttempts() throws Exception {
    source.script.add(() -> ask(Control.PAUSE));
    for (int i = 0; i < 30; i++) {
      source.script.addFirst(
          () -> {
            if (requested.getCount() > 0) {
              ask(Control.PAUSE);
            }
            throw new TransientFailureException("502", null);
          });
    }

    assertStopped(slice(engine(store)), Control.PAUSE);
  }

  @Test
  void aRunThatWaitsBetweenSlicesNoticesARequestToo() throws Exception {
    source.script.add(
        () -> {
          throw RateLimitedException.primary(time.now().plus(Duration.ofHours(1)), "quota");
        });
    try (BackfillEngine engine = engine(store).build()) {
      FutureTask<JobResult> run =
          new FutureTask<>(
              () -> new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0));
      new Thread(run).start();
      Eventually.until(
          "the run waits",
          () -> !store.list().isEmpty() && store.list().get(0).status() == BackfillStatus.WAITING);
      ask(Control.PAUSE);
      assertThat(afterTwoSeconds(run).outcome()).isEqualTo(Outcome.PAUSED);
    }
  }

  @Test
  void aCommitUnderWayIsFinishedBeforeTheRequestIsCarriedOut() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    BackfillSpec<Integer> slow =
        new BackfillSpec<>(
            source,
            EngineFixture.TARGET,
            (items, transaction) -> {
              ask(Control.PAUSE);
              timers.tick();
              interrupted.set(Thread.currentThread().isInterrupted());
              return job.sink().write(items, transaction);
            });

    try (BackfillEngine engine = engine(new UnlockedReads(store).store()).build()) {
      SliceResult result = engine.runSlice(slow, SliceLimits.UNLIMITED);
      assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.PAUSED);
    }
    assertThat(interrupted).isFalse();
    assertThat(fixture.stored).hasSize(50);
  }

  @Test
  void aWorkerThatCannotRenewEndsItsFetchAndCommitsNothing() throws Exception {
    Set<String> cutOff = Set.of("renew", "get", "commit", "recordFailure");
    AtomicBoolean cut = new AtomicBoolean();
    ProgressStore unreachable =
        (ProgressStore)
            Proxy.newProxyInstance(
                ProgressStore.class.getClassLoader(),
                new Class<?>[] {ProgressStore.class},
                (proxy, method, arguments) -> {
                  if (cut.get() && cutOff.contains(method.getName())) {
                    throw new TransientFailureException("The network is gone.", null);
                  }
                  try {
                    return method.invoke(store, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    source.script.add(() -> {});
    source.script.add(
        () -> {
          cut.set(true);
          requested.countDown();
          new CountDownLatch(1).await();
        });

    SliceResult result = slice(engine(unreachable).lease(Duration.ofSeconds(1)));

    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.LEASE_LOST);
    assertThat(((SliceResult.Stopped) result).failure()).isInstanceOf(LeaseLostException.class);
    assertThat(fixture.stored).hasSize(50);
  }

  private BackfillEngine.Builder engine(ProgressStore progress) {
    return BackfillEngine.builder(progress).timeSource(time).machine(timers.machine());
  }

  private SliceResult slice(BackfillEngine.Builder builder) throws Exception {
    try (BackfillEngine engine = builder.build()) {
      FutureTask<SliceResult> slice =
          new FutureTask<>(() -> engine.runSlice(job, SliceLimits.UNLIMITED));
      new Thread(slice).start();
      requested.await();
      return afterTwoSeconds(slice);
    }
  }

  private <V> V afterTwoSeconds(FutureTask<V> run) throws Exception {
    for (int step = 0; step < STEPS_IN_TWO_SECONDS; step++) {
      time.advance(STEP);
      timers.tick();
    }
    return run.get();
  }

  private void ask(Control request) {
    store.control(store.find(job.key()).orElseThrow().id(), request);
    requested.countDown();
  }

  private void assertStopped(SliceResult result, Control request) {
    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).reason())
        .isEqualTo(request == Control.PAUSE ? StopReason.PAUSED : StopReason.CANCELLED);
    assertThat(store.find(job.key()).orElseThrow().holder()).as("the lease is given back").isNull();
  }

  private void assertTheRestComesAfterAResume(SliceResult stopped) throws Exception {
    store.control(stopped.backfill().id(), Control.RESUME);
    assertThat(slice(engine(store))).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).doesNotHaveDuplicates().hasSize(200);
  }
}
