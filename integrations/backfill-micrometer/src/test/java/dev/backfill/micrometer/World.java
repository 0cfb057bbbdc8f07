package dev.backfill.micrometer;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.ManualTimeSource;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * Backfills that meet everything that has a meter: chunks, waits for quota, failed attempts, items
 * in quarantine and a repository that does not exist.
 */
final class World {

  static final String STREAM = "test:numbers";

  final ManualTimeSource time = new ManualTimeSource();
  final InMemoryStore store = new InMemoryStore(time);
  final NumbersSource source = new NumbersSource(STREAM, time);

  World() {
    source.quota = new Quota("core", 5_000, 4_321, time.now().plus(Duration.ofHours(1)));
    source
        .before(
            "sim/flaky",
            () -> {
              throw new TransientFailureException("HTTP 502 from 10.1.2.3", null);
            })
        .before(
            "sim/limited",
            () -> {
              throw RateLimitedException.primary(
                  time.now().plus(Duration.ofMinutes(5)), "quota is spent until 10:30:07");
            });
    source.poisoned.add("sim/poison");
    for (int i = 0; i < 100; i++) {
      source.before(
          "sim/missing",
          () -> {
            throw new PermanentFailureException(Reason.NOT_FOUND, "sim/missing is gone", null);
          });
    }
  }

  BackfillManager.Builder manager() {
    return BackfillManager.builder(store.progress(), store.jobs())
        .source(source, (items, transaction) -> new SinkCounts(items.size(), 0))
        .timeSource(time)
        .random(new Random(42))
        .parallelism(1)
        .executor(Runnable::run)
        .rules(rules -> rules.withSync(null));
  }

  static ObservationRegistry observations(MeterRegistry registry) {
    ObservationRegistry observations = ObservationRegistry.create();
    observations
        .observationConfig()
        .observationHandler(new DefaultMeterObservationHandler(registry));
    return observations;
  }

  /** Runs the backfills of targets for an hour, and delivers all events. */
  void run(BackfillMetrics metrics, List<String> targets) throws InterruptedException {
    BackfillManager.Builder builder = metrics.instrument(manager());
    BackfillManager manager = builder.build();
    try (manager) {
      targets.forEach(manager::track);
      manager.runFor(Duration.ofHours(1));
    }
    // The statistics of a closed manager are those of the store.
    metrics.bind(manager);
  }

  /** Runs every kind of backfill, with observations, into a registry. */
  static World runInto(MeterRegistry registry) throws InterruptedException {
    World world = new World();
    world.run(
        BackfillMetrics.builder(registry).observations(observations(registry)).build(),
        List.of("sim/plain", "sim/poison", "sim/flaky", "sim/limited", "sim/missing"));
    return world;
  }
}
