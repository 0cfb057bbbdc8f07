package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** A store that stays away for longer than attempts last is a result of the slice. */
class StoreOutageTest {

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(60);

  @Test
  void aLeaseThatCannotBeClaimedIsAResult() throws InterruptedException {
    SliceResult result = run("claim");

    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.FAILED);
    assertThat(((SliceResult.Stopped) result).message()).contains("Gave up after");
    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.PENDING);
  }

  @Test
  void aLeaseThatCannotBeGivenBackIsAResultThatKeepsItsCounts() throws InterruptedException {
    SliceResult result = run("release");

    assertThat(result).isInstanceOf(SliceResult.Stopped.class);
    assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.FAILED);
    assertThat(((SliceResult.Stopped) result).failure())
        .isInstanceOf(TransientFailureException.class);
    assertThat(result.counts().items()).isEqualTo(60);
    assertThat(fixture.stored).hasSize(60);
  }

  @Test
  void aQuarantineThatCannotBeReadIsAResult() throws InterruptedException {
    source.poison.add(7);
    run("nothing");

    try (BackfillEngine engine = fixture.engine(without("quarantinedAfter")).build()) {
      SliceResult result = engine.retryQuarantined(fixture.job(source));
      assertThat(result).isInstanceOf(SliceResult.Stopped.class);
      assertThat(((SliceResult.Stopped) result).reason()).isEqualTo(StopReason.FAILED);
    }
    assertThat(fixture.backfill(source).status()).isEqualTo(BackfillStatus.COMPLETED_WITH_GAPS);
  }

  @Test
  void aReleaseWhoseAnswerWasLostIsNoLostLease() throws InterruptedException {
    SliceResult result;
    try (BackfillEngine engine = fixture.engine(losingTheFirstAnswer("release")).build()) {
      result = engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }

    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.backfill().status()).isEqualTo(BackfillStatus.COMPLETED);
  }

  private SliceResult run(String missing) throws InterruptedException {
    try (BackfillEngine engine = fixture.engine(without(missing)).build()) {
      return engine.runSlice(fixture.job(source), SliceLimits.UNLIMITED);
    }
  }

  private ProgressStore without(String missing) {
    return store(
        (proxy, method, arguments) -> {
          if (method.getName().equals(missing)) {
            throw new TransientFailureException("The database does not answer.", null);
          }
          return call(method, arguments);
        });
  }

  private ProgressStore losingTheFirstAnswer(String name) {
    AtomicBoolean lost = new AtomicBoolean();
    return store(
        (proxy, method, arguments) -> {
          Object answer = call(method, arguments);
          if (method.getName().equals(name) && !lost.getAndSet(true)) {
            throw new TransientFailureException("The answer was lost.", null);
          }
          return answer;
        });
  }

  private static ProgressStore store(InvocationHandler handler) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            ProgressStore.class.getClassLoader(), new Class<?>[] {ProgressStore.class}, handler);
  }

  private Object call(Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(fixture.store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
