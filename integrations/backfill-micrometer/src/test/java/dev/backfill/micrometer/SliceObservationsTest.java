package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SliceObservationsTest {

  private final ObservationRegistry registry = ObservationRegistry.create();
  private final List<SliceObservationContext> stopped = new ArrayList<>();
  private final World world = new World();

  /** Keeps the context of each slice that has ended. */
  private final class Recording implements ObservationHandler<SliceObservationContext> {

    @Override
    public void onStop(SliceObservationContext context) {
      stopped.add(context);
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return context instanceof SliceObservationContext;
    }
  }

  private SliceObservationContext run(Callable<SliceResult> work) throws InterruptedException {
    registry.observationConfig().observationHandler(new Recording());
    new SliceObservations(registry).intercept(FailureMeterTest.slice(work));
    assertThat(registry.getCurrentObservation()).isNull();
    assertThat(stopped).hasSize(1);
    return stopped.get(0);
  }

  private static String low(Observation.Context context, String key) {
    return context.getLowCardinalityKeyValue(key).getValue();
  }

  private static String high(Observation.Context context, String key) {
    return context.getHighCardinalityKeyValue(key).getValue();
  }

  private SliceResult runSlice(BackfillMetrics metrics, String target) throws Exception {
    try (BackfillEngine engine =
        metrics
            .instrument(BackfillEngine.builder(world.store.progress()).timeSource(world.time))
            .build()) {
      return engine.runSlice(
          new BackfillSpec<>(
              world.source, target, (items, transaction) -> new SinkCounts(items.size(), 0)),
          SliceLimits.UNLIMITED);
    }
  }

  @Test
  void theObservationIsCurrentWhereTheSourceFetches() throws Exception {
    registry.observationConfig().observationHandler(new Recording());
    List<Observation> current = new ArrayList<>();
    world.source.before("sim/plain", () -> current.add(registry.getCurrentObservation()));

    BackfillMetrics metrics =
        BackfillMetrics.builder(new SimpleMeterRegistry()).observations(registry).build();
    SliceResult result = runSlice(metrics, "sim/plain");

    assertThat(current).singleElement().isNotNull();
    assertThat(registry.getCurrentObservation()).isNull();
    SliceObservationContext context = stopped.get(0);
    assertThat(current.get(0).getContext()).isSameAs(context);
    assertThat(context.getName()).isEqualTo("backfill.slice");
    assertThat(context.getContextualName()).isEqualTo("backfill test:numbers");
    assertThat(low(context, "stream")).isEqualTo("test:numbers");
    assertThat(low(context, "outcome")).isEqualTo("done");
    assertThat(high(context, "repository")).isEqualTo("sim/plain");
    assertThat(high(context, "chunks")).isEqualTo("2");
    assertThat(high(context, "items")).isEqualTo("60");
    assertThat(context.getError()).isNull();
    assertThat(context.key().target()).isEqualTo("sim/plain");
    assertThat(context.result()).isSameAs(result);
  }

  @ParameterizedTest
  @EnumSource
  void aStopIsItsOutcome(StopReason reason) throws InterruptedException {
    SliceObservationContext context = run(() -> FailureMeterTest.stopped(reason, null));
    assertThat(low(context, "outcome")).isEqualTo(MeterTags.value(reason));
    assertThat(context.getError()).isNull();
  }

  @Test
  void theFailureOfASliceIsItsError() throws InterruptedException {
    TransientFailureException failure = new TransientFailureException("HTTP 502", null);
    SliceObservationContext context =
        run(() -> FailureMeterTest.stopped(StopReason.FAILED, failure));
    assertThat(context.getError()).isSameAs(failure);
  }

  @Test
  void anExceptionIsTheErrorAndPassesThrough() {
    IllegalStateException bug = new IllegalStateException("bug");
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      throw bug;
                    }))
        .isSameAs(bug);
    assertThat(stopped.get(0).getError()).isSameAs(bug);
    assertThat(low(stopped.get(0), "outcome")).isEqualTo("failed");
    assertThat(stopped.get(0).result()).isNull();
  }

  @Test
  void anInterruptIsNoError() {
    assertThatThrownBy(
            () ->
                run(
                    () -> {
                      throw new InterruptedException();
                    }))
        .isInstanceOf(InterruptedException.class);
    assertThat(stopped.get(0).getError()).isNull();
    assertThat(low(stopped.get(0), "outcome")).isEqualTo("interrupted");
  }

  @Test
  void aHandlerThatFailsDoesNotFailTheSlice() throws Exception {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStart(Observation.Context context) {
                throw new IllegalStateException("the tracer is not configured");
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
    BackfillMetrics metrics =
        BackfillMetrics.builder(new SimpleMeterRegistry()).observations(registry).build();
    SliceResult result = runSlice(metrics, "sim/plain");
    assertThat(result).isInstanceOf(SliceResult.Done.class);
    assertThat(result.counts().items()).isEqualTo(60);
  }
}
