package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.manager.BackfillManager;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ManagerGaugesTest {

  private final MockClock clock = new MockClock();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), clock);
  private final World world = new World();
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicBoolean down = new AtomicBoolean();
  private Duration readTime = Duration.ZERO;
  private final JobStore counting =
      (JobStore)
          Proxy.newProxyInstance(
              JobStore.class.getClassLoader(),
              new Class<?>[] {JobStore.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("list")) {
                  reads.incrementAndGet();
                  clock.add(readTime);
                  if (down.get()) {
                    throw new TransientFailureException("connection refused", null);
                  }
                }
                return method.invoke(world.store.jobs(), arguments);
              });

  private BackfillManager manager(String source) {
    return BackfillManager.builder(world.store.progress(), counting)
        .source(
            new NumbersSource(source, world.time),
            (items, transaction) -> new SinkCounts(items.size(), 0))
        .timeSource(world.time)
        .build();
  }

  private double value(String name) {
    return Scrape.of(registry).named(name).get(0).value();
  }

  private double queued() {
    return Scrape.of(registry).named("backfill_jobs").stream()
        .filter(series -> series.labels().get("state").equals("queued"))
        .findFirst()
        .orElseThrow()
        .value();
  }

  @Test
  void aScrapeReadsTheStoreOnceAndTheNextOnesNotAtAll() {
    try (BackfillMetrics metrics = BackfillMetrics.of(registry);
        BackfillManager manager = manager("test:numbers")) {
      metrics.bind(manager);
      assertThat(reads).as("binding reads nothing").hasValue(0);
      manager.track("sim/plain");
      int before = reads.get();
      world.time.advance(Duration.ofSeconds(42));
      assertThat(queued()).isEqualTo(1);
      assertThat(value("backfill_jobs_overdue_seconds")).isEqualTo(42);
      assertThat(reads).hasValue(before + 1);
      manager.track("sim/other");
      clock.add(Duration.ofSeconds(14));
      assertThat(queued()).isEqualTo(1);
      clock.add(Duration.ofSeconds(1));
      assertThat(queued()).isEqualTo(2);
      assertThat(reads).hasValue(before + 2);
    }
  }

  @Test
  void readsTakeAtMostAHundredthOfTheTime() {
    try (BackfillMetrics metrics = BackfillMetrics.of(registry);
        BackfillManager manager = manager("test:numbers")) {
      metrics.bind(manager);
      readTime = Duration.ofSeconds(1);
      queued();
      clock.add(Duration.ofSeconds(99));
      queued();
      assertThat(reads).hasValue(1);
      readTime = Duration.ofSeconds(40);
      clock.add(Duration.ofSeconds(1));
      queued();
      assertThat(reads).hasValue(2);
      clock.add(Duration.ofSeconds(299));
      queued();
      assertThat(reads).hasValue(2);
      down.set(true);
      clock.add(Duration.ofSeconds(1));
      assertThat(queued()).as("a slow read that failed").isNaN();
      down.set(false);
      clock.add(Duration.ofSeconds(15));
      assertThat(queued()).isZero();
      assertThat(reads).hasValue(4);
    }
  }

  @Test
  void anOutageOfTheStoreIsNotANumber() {
    try (BackfillMetrics metrics = BackfillMetrics.of(registry);
        BackfillManager manager = manager("test:numbers")) {
      metrics.bind(manager);
      manager.track("sim/plain");
      int before = reads.get();
      down.set(true);
      assertThat(queued()).isNaN();
      assertThat(value("backfill_jobs_overdue_seconds")).isNaN();
      assertThat(value("backfill_circuit_breaker")).isNaN();
      assertThat(reads).as("one call for all gauges").hasValue(before + 1);
      down.set(false);
      clock.add(BackfillMetrics.DEFAULT_STATISTICS_INTERVAL);
      assertThat(queued()).isEqualTo(1);
    }
  }

  @Test
  void anotherManagerReplacesTheOneBefore() {
    try (BackfillMetrics metrics = BackfillMetrics.of(registry);
        BackfillManager one = manager("test:numbers");
        BackfillManager other = manager("test:letters")) {
      metrics.bind(one);
      metrics.bind(other);
      assertThat(Scrape.of(registry).named("backfill_quarantine_items"))
          .extracting(series -> series.labels().get("stream"))
          .containsExactly("test:letters");
      metrics.close();
      assertThat(Scrape.of(registry).series()).isEmpty();
    }
  }

  @Test
  void theIntervalIsNotNegative() {
    assertThatThrownBy(
            () -> BackfillMetrics.builder(registry).statisticsInterval(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
  }
}
