package dev.backfill.micrometer;

import dev.backfill.core.run.SliceInterceptor;
import dev.backfill.core.run.SliceResult;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

/**
 * The observations of slices. Each is open on the thread that runs its slice, so that a client's
 * requests and log lines belong to its span.
 */
final class SliceObservations implements SliceInterceptor {

  static final String NAME = "backfill.slice";

  private final ObservationRegistry registry;

  SliceObservations(ObservationRegistry registry) {
    this.registry = registry;
  }

  @Override
  public SliceResult intercept(Slice slice) throws InterruptedException {
    SliceObservationContext context = new SliceObservationContext(slice.key());
    Observation observation =
        Observation.createNotStarted(NAME, () -> context, registry)
            .contextualName("backfill " + slice.key().source())
            .lowCardinalityKeyValue(MeterTags.STREAM, slice.key().source())
            .highCardinalityKeyValue(MeterTags.REPOSITORY, slice.key().target())
            .start();
    try (Observation.Scope scope = observation.openScope()) {
      SliceResult result = slice.run();
      ended(observation, context, result);
      return result;
    } catch (InterruptedException e) {
      observation.lowCardinalityKeyValue("outcome", "interrupted");
      throw e;
    } catch (RuntimeException | Error e) {
      observation.lowCardinalityKeyValue("outcome", "failed").error(e);
      throw e;
    } finally {
      observation.stop();
    }
  }

  private static void ended(
      Observation observation, SliceObservationContext context, SliceResult result) {
    context.ended(result);
    observation
        .lowCardinalityKeyValue("outcome", outcome(result))
        .highCardinalityKeyValue("chunks", String.valueOf(result.counts().chunks()))
        .highCardinalityKeyValue("items", String.valueOf(result.counts().items()));
    if (result instanceof SliceResult.Stopped stopped && stopped.failure() != null) {
      observation.error(stopped.failure());
    }
  }

  /** Returns the end of a slice: one of a fixed list. */
  static String outcome(SliceResult result) {
    if (result instanceof SliceResult.Stopped stopped) {
      return MeterTags.value(stopped.reason());
    }
    if (result instanceof SliceResult.ContinueNow) {
      return "more";
    }
    if (result instanceof SliceResult.ContinueAt) {
      return "waiting";
    }
    return result instanceof SliceResult.Held ? "held" : "done";
  }
}
