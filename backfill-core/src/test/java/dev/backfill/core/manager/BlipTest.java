package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Dispatcher;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.routing.JobRouter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store that fails for a moment, at any call of a manager's look. */
@Timeout(60)
class BlipTest {

  private static final TransientFailureException BLIP =
      new TransientFailureException("The connection ended (08006).", null);

  /** Stores of which one call fails, before or after it had its effect. */
  private static final class Stores {

    final ManagerFixture fixture = new ManagerFixture();
    final AtomicInteger calls = new AtomicInteger();
    final Set<String> called = new TreeSet<>();
    int failing;
    int times = 1;
    boolean afterEffect;

    private <T> T failing(Class<T> type, T store) {
      return type.cast(
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                int call = calls.incrementAndGet();
                called.add(method.getName());
                boolean fails = failing > 0 && call >= failing && call < failing + times;
                if (fails && !afterEffect) {
                  throw BLIP;
                }
                try {
                  Object result = method.invoke(store, arguments);
                  if (fails) {
                    throw BLIP;
                  }
                  return result;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }

    BackfillManager.Builder manager() {
      return BackfillManager.builder(
              failing(ProgressStore.class, fixture.progress), failing(JobStore.class, fixture.jobs))
          .source(fixture.source, fixture.new NumbersSink())
          .timeSource(fixture.time)
          .random(new Random(42))
          .parallelism(1)
          .executor(Runnable::run)
          .rules(rules -> rules.withSync(null));
    }
  }

  /** Gets what it is sent, and does nothing. */
  private static final class Idle implements Dispatcher {

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
      return new Run("17", null, "failure", false);
    }
  }

  /**
   * Sends, takes back, fails, suspends and completes; ends the run at the fault if it is not borne.
   */
  private static Stores run(int failing, boolean afterEffect) throws InterruptedException {
    Stores stores = new Stores();
    for (String target : Set.of("a/b", "a/c")) {
      stores.fixture.source.sizes.put(target, 100);
    }
    BackfillManager.Builder builder =
        stores
            .manager()
            .dispatcher(new Idle())
            .router(JobRouter.standard(100))
            .rules(
                rules ->
                    rules.withDispatches(
                        new ManagerRules.Dispatches(
                            Duration.ofMinutes(15),
                            Duration.ofSeconds(30),
                            4,
                            0.4,
                            Duration.ofHours(1))));
    try (BackfillManager manager = builder.build()) {
      manager.track("a/b");
      manager.track("a/c");
      stores.calls.set(0);
      stores.failing = failing;
      stores.afterEffect = afterEffect;
      manager.runDue();
      stores.fixture.time.advance(Duration.ofMinutes(1));
      manager.runFor(Duration.ofHours(12));
    }
    return stores;
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aBlipAtAnyCallOfALookEndsNothing(boolean afterEffect) throws InterruptedException {
    Stores whole = run(0, false);
    assertThat(whole.called)
        .contains("due", "nextDue", "update", "suspensions", "dispatched", "latest", "replace");
    int calls = whole.calls.get();
    for (int call = 1; call <= calls; call++) {
      Stores stores = run(call, afterEffect);
      for (String target : Set.of("a/b", "a/c")) {
        assertThat(stores.fixture.job(target).state())
            .as("%s after a blip at call %d of %d", target, call, calls)
            .isEqualTo(JobState.IDLE);
        assertThat(stores.fixture.backfill(target).counters().processed()).isEqualTo(100);
      }
    }
  }

  @Test
  void aStoreThatStaysAwayEndsTheRunAfterNinetySecondsWithTheCause() {
    Stores stores = new Stores();
    try (BackfillManager manager = stores.manager().build()) {
      manager.track("a/b");
      stores.failing = 1;
      stores.calls.set(0);
      stores.times = Integer.MAX_VALUE - 1;
      Instant begin = stores.fixture.time.now();
      assertThatThrownBy(() -> manager.runFor(Duration.ofHours(5)))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("08006")
          .hasRootCause(BLIP);
      assertThat(Duration.between(begin, stores.fixture.time.now()))
          .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(90));
    }
  }

  @Test
  void whatIsRefusedForGoodIsNotRepeated() {
    FailingJobs failing = new FailingJobs(new ManagerFixture().jobs);
    ManagerFixture fixture = new ManagerFixture();
    PermanentFailureException refused =
        new PermanentFailureException(Reason.STORE_REFUSED, "no table", null);
    try (BackfillManager manager =
        BackfillManager.builder(fixture.progress, failing.store())
            .source(fixture.source, fixture.new NumbersSink())
            .timeSource(fixture.time)
            .build()) {
      failing.failure = refused;
      assertThatThrownBy(manager::runDue).isSameAs(refused);
      assertThat(failing.failed).hasValue(1);
    }
  }

  @Test
  void stoppingEndsTheBackoff() {
    Stores stores = new Stores();
    try (BackfillManager manager = stores.manager().build()) {
      manager.track("a/b");
      stores.failing = 1;
      stores.calls.set(0);
      stores.times = Integer.MAX_VALUE - 1;
      manager.stop();
      Instant begin = stores.fixture.time.now();
      assertThatThrownBy(() -> manager.track("a/c")).isSameAs(BLIP);
      assertThat(stores.fixture.time.now()).isEqualTo(begin);
    }
  }
}
