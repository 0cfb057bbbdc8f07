package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.JobResult.Outcome;
import dev.backfill.core.SliceResult.StopReason;
import dev.backfill.core.memory.InMemoryProgressStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Requests and lost leases while a worker is busy with something that does not end by itself. The
 * keeper's timer is real here, so each test takes about as long as a person would wait.
 */
@Timeout(30)
class SteeringTest {

  /** A request takes effect within this, beside a commit that is under way. */
  private static final Duration PROMISED = Duration.ofSeconds(2);

  private final ScriptedSource source = new ScriptedSource(200);
  private final InMemoryProgressStore store = new InMemoryProgressStore();
  private final EngineFixture fixture = new EngineFixture();
  private final BackfillJob<Integer> job = fixture.job(source);
  private long askedNanos;

  @ParameterizedTest
  @EnumSource(names = {"PAUSE", "CANCEL"})
  void aRequestEndsAFetchThatHangs(Control request) throws Exception {
    source.script.add(() -> {});
    source.script.add(
        () -> {
          ask(request);
          new CountDownLatch(1).await();
        });

    SliceResult result = slice(BackfillEngine.builder(store));

    assertStoppedInTime(result, request);
    assertThat(fixture.stored).hasSize(50);
    assertTheRestComesAfterAResume(result);
  }

  @Test
  void aRequestEndsAWaitForQuotaInTheSlice() throws Exception {
    source.script.add(
        () -> {
          ask(Control.PAUSE);
          throw new RateLimitedException(
              RateLimitedException.Kind.PRIMARY,
              TimeSource.system().now().plus(Duration.ofMinutes(20)),
              "quota");
        });

    assertStoppedInTime(slice(BackfillEngine.builder(store)), Control.PAUSE);
  }

  @Test
  void aRequestEndsTheBackoffBetweenTwoAttempts() throws Exception {
    source.script.add(() -> ask(Control.PAUSE));
    for (int i = 0; i < 30; i++) {
      source.script.addFirst(
          () -> {
            if (askedNanos == 0) {
              ask(Control.PAUSE);
            }
            throw new TransientFailureException("502", null);
          });
    }

    assertStoppedInTime(slice(BackfillEngine.builder(store)), Control.PAUSE);
  }

  @Test
  void aRunThatWaitsBetweenSlicesNoticesARequestToo() throws Exception {
    source.script.add(
        () -> {
          throw new RateLimitedException(
              RateLimitedException.Kind.PRIMARY,
              TimeSource.system().now().plus(Duration.ofHours(1)),
              "quota");
        });
    Thread person =
        new Thread(
            () -> {
              while (store.list().isEmpty()
                  || store.list().get(0).state().status() != BackfillStatus.WAITING) {
                Thread.onSpinWait();
              }
              ask(Control.PAUSE);
            });
    person.start();

    try (BackfillEngine engine = BackfillEngine.builder(store).build()) {
      JobResult result = new BackfillRunner(engine).run(List.of(job), RunOptions.DEFAULT).get(0);

      assertThat(result.outcome()).isEqualTo(Outcome.PAUSED);
      assertThat(sinceAsked()).isLessThan(PROMISED);
    }
  }

  @Test
  void aCommitUnderWayIsFinishedBeforeTheRequestIsCarriedOut() throws Exception {
    AtomicBoolean interrupted = new AtomicBoolean();
    BackfillJob<Integer> slow =
        new BackfillJob<>(
            source,
            EngineFixture.TARGET,
            (items, transaction) -> {
              ask(Control.PAUSE);
              try {
                new CountDownLatch(1).await(1_500, TimeUnit.MILLISECONDS);
              } catch (InterruptedException e) {
                interrupted.set(true);
              }
              return job.sink().write(items, transaction);
            });

    try (BackfillEngine engine = BackfillEngine.builder(new UnlockedReads(store).store()).build()) {
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
          askedNanos = System.nanoTime();
          new CountDownLatch(1).await();
        });

    SliceResult result = slice(BackfillEngine.builder(unreachable).lease(Duration.ofSeconds(1)));

    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.LEASE_LOST);
    assertThat(((SliceResult.Stopped) result).failure()).isInstanceOf(LeaseLostException.class);
    assertThat(sinceAsked()).as("its time to live is a second").isLessThan(PROMISED);
    assertThat(fixture.stored).hasSize(50);
  }

  private SliceResult slice(BackfillEngine.Builder builder) throws InterruptedException {
    try (BackfillEngine engine = builder.build()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }

  private void ask(Control request) {
    askedNanos = System.nanoTime();
    store.control(store.find(job.key()).orElseThrow().id(), request);
  }

  private Duration sinceAsked() {
    return Duration.ofNanos(System.nanoTime() - askedNanos);
  }

  private void assertStoppedInTime(SliceResult result, Control request) {
    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).reason())
        .isEqualTo(request == Control.PAUSE ? StopReason.PAUSED : StopReason.CANCELLED);
    assertThat(sinceAsked()).isLessThan(PROMISED);
    assertThat(store.find(job.key()).orElseThrow().holder()).as("the lease is given back").isNull();
  }

  private void assertTheRestComesAfterAResume(SliceResult stopped) throws InterruptedException {
    store.control(stopped.backfill().id(), Control.RESUME);
    assertThat(slice(BackfillEngine.builder(store))).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).doesNotHaveDuplicates().hasSize(200);
  }
}
