package dev.backfill.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceInterceptor;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class SliceInterceptorTest {

  private final EngineFixture fixture = new EngineFixture();
  private final ScriptedSource source = new ScriptedSource(60);
  private final BackfillSpec<Integer> job = fixture.job(source);
  private final List<String> calls = new ArrayList<>();

  private SliceInterceptor noting(String name) {
    return slice -> {
      calls.add(name + " begins");
      SliceResult result = slice.run();
      calls.add(name + " ends");
      return result;
    };
  }

  private SliceResult run(SliceInterceptor interceptor) throws InterruptedException {
    try (BackfillEngine engine = fixture.engine().sliceInterceptor(interceptor).build()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }

  @Test
  void wrapsTheSliceOnTheThreadThatRunsIt() throws InterruptedException {
    Thread caller = Thread.currentThread();
    source.script.add(() -> calls.add("fetch"));
    try (BackfillEngine engine =
        fixture
            .engine()
            .sliceInterceptor(noting("outer"))
            .sliceInterceptor(noting("inner"))
            .sliceInterceptor(
                slice -> {
                  calls.add(slice.key() + (Thread.currentThread() == caller ? " here" : " there"));
                  return slice.run();
                })
            .build()) {
      SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED);
      assertThat(result).isInstanceOf(SliceResult.Done.class);
    }
    assertThat(calls)
        .containsExactly(
            "outer begins",
            "inner begins",
            "test:numbers of owner/name here",
            "fetch",
            "inner ends",
            "outer ends");
  }

  @Test
  void seesEveryKindOfSlice() throws InterruptedException {
    source.lists = true;
    List<Object> results = new ArrayList<>();
    SliceInterceptor recording =
        slice -> {
          SliceResult result = slice.run();
          results.add(result);
          return result;
        };
    try (BackfillEngine engine = fixture.engine().sliceInterceptor(recording).build()) {
      SliceResult history = engine.runSlice(job, SliceLimits.UNLIMITED);
      SliceResult verified = engine.verify(job, SliceLimits.UNLIMITED);
      SliceResult retried = engine.retryQuarantined(job);
      assertThat(results).containsExactly(history, verified, retried);
    }
  }

  @Test
  void cannotChangeTheResult() throws InterruptedException {
    SliceResult result =
        run(
            slice -> {
              SliceResult ended = slice.run();
              return new SliceResult.ContinueNow(ended.backfill(), SliceResult.Counts.NONE);
            });
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.counts().items()).isEqualTo(60);
  }

  @Test
  void itsFailureBeforeTheSliceDoesNotPreventIt() throws InterruptedException {
    SliceResult result =
        run(
            slice -> {
              throw new IllegalStateException("a bug of the interceptor");
            });
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).hasSize(60);
  }

  @Test
  void itsFailureAfterTheSliceKeepsTheResult() throws InterruptedException {
    SliceResult result =
        run(
            slice -> {
              slice.run();
              throw new IllegalStateException("a bug of the interceptor");
            });
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).hasSize(60);
  }

  @Test
  @SuppressWarnings("NullAway") // Without a slice it has no result to return.
  void aSliceThatItSkipsRunsAllTheSame() throws InterruptedException {
    assertThat(run(slice -> null)).isInstanceOf(SliceResult.Done.class);
    assertThat(fixture.stored).hasSize(60);
  }

  @Test
  void aSliceRunsOnce() throws InterruptedException {
    SliceResult result =
        run(
            slice -> {
              SliceResult first = slice.run();
              assertThatThrownBy(slice::run)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("was run already");
              return first;
            });
    assertThat(result.counts().chunks()).isEqualTo(2);
    assertThat(fixture.stored).hasSize(60);
  }

  @Test
  void theSlicesExceptionPassesThroughAnInterceptorThatHidesIt() {
    PermanentFailureException lost =
        new PermanentFailureException(Reason.STORE_REFUSED, "The store refuses it.", null);
    ProgressStore refusing =
        (ProgressStore)
            Proxy.newProxyInstance(
                ProgressStore.class.getClassLoader(),
                new Class<?>[] {ProgressStore.class},
                (proxy, method, arguments) -> {
                  throw lost;
                });
    SliceInterceptor hiding =
        slice -> {
          try {
            return slice.run();
          } catch (PermanentFailureException e) {
            calls.add("hidden");
            throw new IllegalArgumentException("another one");
          }
        };
    try (BackfillEngine engine = fixture.engine(refusing).sliceInterceptor(hiding).build()) {
      assertThatThrownBy(() -> engine.runSlice(job, SliceLimits.UNLIMITED)).isSameAs(lost);
    }
    assertThat(calls).containsExactly("hidden");
  }

  @Test
  void anInterruptOfTheInterceptorEndsTheSlice() {
    source.script.add(() -> new CountDownLatch(1).await());
    assertThatThrownBy(
            () ->
                run(
                    slice -> {
                      throw new InterruptedException("while it waited");
                    }))
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("its lease was given back");
    assertThat(fixture.backfill(source).holder()).isNull();
  }

  @Test
  void isNotCalledWhileBackfillingIsSwitchedOff() {
    try (BackfillEngine engine =
        fixture
            .engine()
            .settings(
                BackfillSettings.builder()
                    .environment(Map.of("ENABLE_PROGRESSIVE_BACKFILL", "false"))
                    .build())
            .sliceInterceptor(noting("outer"))
            .build()) {
      assertThatThrownBy(() -> engine.runSlice(job, SliceLimits.UNLIMITED))
          .isInstanceOf(InvalidConfigurationException.class);
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void aRunnersSlicesAreInterceptedToo() throws InterruptedException {
    List<BackfillKey> keys = new ArrayList<>();
    try (BackfillEngine engine =
            fixture
                .engine()
                .sliceInterceptor(
                    slice -> {
                      synchronized (keys) {
                        keys.add(slice.key());
                      }
                      return slice.run();
                    })
                .build();
        BackfillRunner runner = new BackfillRunner(engine)) {
      runner.run(List.of(job), RunOptions.DEFAULT);
    }
    assertThat(keys).containsExactly(job.key());
  }
}
