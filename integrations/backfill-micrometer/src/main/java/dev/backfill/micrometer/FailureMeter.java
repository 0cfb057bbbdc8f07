package dev.backfill.micrometer;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.run.SliceInterceptor;
import dev.backfill.core.run.SliceResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The meter of failed slices. An interceptor sees also failures before a slice has its lease, of
 * which there are no events.
 */
final class FailureMeter implements SliceInterceptor {

  private final MeterTags tags;
  private final MeterProvider<Counter> failures;

  FailureMeter(MeterRegistry registry, MeterTags tags) {
    this.tags = tags;
    this.failures =
        Counter.builder("backfill.failures")
            .description("Slices that ended with a failure")
            .withRegistry(registry);
  }

  @Override
  public SliceResult intercept(Slice slice) throws InterruptedException {
    SliceResult result;
    try {
      result = slice.run();
    } catch (RuntimeException | Error e) {
      count(slice.key(), e);
      throw e;
    }
    if (result instanceof SliceResult.Stopped stopped && stopped.failure() != null) {
      count(slice.key(), stopped.failure());
    }
    return result;
  }

  private void count(BackfillKey key, Throwable failure) {
    failures.withTags(tags.of(key).and("kind", kind(failure))).increment();
  }

  /** Returns the class of a failure: one of a fixed list. */
  static String kind(Throwable failure) {
    if (!(failure instanceof BackfillException)) {
      return MeterTags.value(Reason.UNEXPECTED);
    }
    if (failure instanceof PermanentFailureException permanent) {
      return MeterTags.value(permanent.reason());
    }
    if (failure instanceof TransientFailureException) {
      return "transient";
    }
    if (failure instanceof LeaseLostException) {
      return "lease_lost";
    }
    if (failure instanceof RateLimitedException) {
      return "rate_limited";
    }
    if (failure instanceof PoisonItemException) {
      return "poison_item";
    }
    if (failure instanceof InvalidConfigurationException) {
      return "invalid_configuration";
    }
    throw new IllegalStateException("a class of failures without a kind: " + failure.getClass());
  }
}
