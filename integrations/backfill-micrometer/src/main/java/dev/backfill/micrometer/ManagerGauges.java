package dev.backfill.micrometer;

import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.JobStatistics;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The gauges of a manager's statistics. */
final class ManagerGauges implements AutoCloseable {

  private final MeterRegistry registry;
  private final Duration interval;
  private final List<Meter> bound = new ArrayList<>();

  ManagerGauges(MeterRegistry registry, Duration interval) {
    this.registry = registry;
    this.interval = interval;
  }

  synchronized void bind(BackfillManager manager) {
    close();
    CachedStatistics statistics =
        new CachedStatistics(manager::statistics, interval, registry.config().clock());
    for (JobStatistics.State state : JobStatistics.State.values()) {
      bound.add(
          gauge("backfill.jobs", statistics, each -> each.jobs().getOrDefault(state, 0L))
              .description("Tracked jobs")
              .baseUnit("jobs")
              .tag("state", MeterTags.value(state))
              .register(registry));
    }
    bound.add(
        TimeGauge.builder(
                "backfill.jobs.overdue",
                statistics,
                TimeUnit.MILLISECONDS,
                cached -> cached.get().overdue().toMillis())
            .description("Longest time for which a job could have run and did not")
            .strongReference(true)
            .register(registry));
    for (String source : manager.sources()) {
      bound.add(
          gauge(
                  "backfill.quarantine",
                  statistics,
                  each -> each.quarantined().getOrDefault(source, 0L))
              .description("Items in quarantine")
              .baseUnit("items")
              .tag(MeterTags.STREAM, source)
              .register(registry));
    }
    bound.add(
        gauge("backfill.circuit.breaker", statistics, each -> state(each))
            .description("State of the circuit breaker: 0 closed, 1 half open, 2 open")
            .register(registry));
  }

  private static Gauge.Builder<CachedStatistics> gauge(
      String name, CachedStatistics statistics, ToDoubleFunction<JobStatistics> figure) {
    return Gauge.builder(name, statistics, cached -> figure.applyAsDouble(cached.get()))
        .strongReference(true);
  }

  private static int state(JobStatistics statistics) {
    return switch (statistics.circuit()) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  @Override
  public synchronized void close() {
    bound.forEach(registry::remove);
    bound.clear();
  }
}
