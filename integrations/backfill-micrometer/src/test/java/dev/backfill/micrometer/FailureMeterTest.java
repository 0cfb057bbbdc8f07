package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.run.SliceInterceptor.Slice;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FailureMeterTest {

  private static final BackfillKey KEY = new BackfillKey("test:numbers", "a/b");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final FailureMeter meter = new FailureMeter(registry, new MeterTags(false));

  static SliceResult stopped(StopReason reason, @Nullable BackfillException failure) {
    Backfill backfill = Backfill.builder(new BackfillId(1), KEY, "manual", Instant.EPOCH).build();
    return new SliceResult.Stopped(backfill, SliceResult.Counts.NONE, reason, "text", failure);
  }

  static Slice slice(Callable<SliceResult> work) {
    return new Slice() {
      @Override
      public BackfillKey key() {
        return KEY;
      }

      @Override
      public SliceResult run() throws InterruptedException {
        try {
          return work.call();
        } catch (InterruptedException | RuntimeException | Error e) {
          throw e;
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    };
  }

  private Map<String, Double> failures() {
    return registry.find("backfill.failures").counters().stream()
        .collect(
            Collectors.toMap(
                counter -> counter.getId().getTag("kind"), counter -> counter.count()));
  }

  @ParameterizedTest
  @EnumSource
  void aPermanentFailureCountsByItsReason(Reason reason) throws InterruptedException {
    PermanentFailureException failure = new PermanentFailureException(reason, "x", null);
    meter.intercept(slice(() -> stopped(StopReason.FAILED, failure)));
    assertThat(failures()).containsExactly(Map.entry(MeterTags.value(reason), 1.0));
  }

  @Test
  void everyClassOfFailuresHasItsKind() {
    Map<Class<?>, String> kinds =
        Stream.of(
                new InvalidConfigurationException("x"),
                new LeaseLostException("x"),
                new PermanentFailureException(Reason.GONE, "x", null),
                new PoisonItemException("x", null),
                RateLimitedException.primary(Instant.EPOCH, "x"),
                new TransientFailureException("x", null))
            .collect(Collectors.toMap(Object::getClass, FailureMeter::kind));
    assertThat(kinds.keySet())
        .containsExactlyInAnyOrder(BackfillException.class.getPermittedSubclasses());
    assertThat(kinds.values())
        .containsExactlyInAnyOrder(
            "invalid_configuration",
            "lease_lost",
            "gone",
            "poison_item",
            "rate_limited",
            "transient");
  }

  @Test
  void anExceptionCountsAndPassesThrough() {
    IllegalStateException bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                meter.intercept(
                    slice(
                        () -> {
                          throw bug;
                        })))
        .isSameAs(bug);
    NoClassDefFoundError error = new NoClassDefFoundError("com/host/Missing");
    assertThatThrownBy(
            () ->
                meter.intercept(
                    slice(
                        () -> {
                          throw error;
                        })))
        .isSameAs(error);
    assertThat(failures()).containsExactly(Map.entry("unexpected", 2.0));
  }

  @Test
  void anInterruptAndAUsersRequestAreNoFailures() throws InterruptedException {
    assertThatThrownBy(
            () ->
                meter.intercept(
                    slice(
                        () -> {
                          throw new InterruptedException();
                        })))
        .isInstanceOf(InterruptedException.class);
    meter.intercept(slice(() -> stopped(StopReason.PAUSED, null)));
    assertThat(failures()).isEmpty();
  }
}
