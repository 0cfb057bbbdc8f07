package dev.backfill.micrometer;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.event.Progress;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.MeterProvider;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The meters of chunks, items, quota and waits, fed by events. */
final class EventMeters implements BackfillListener, AutoCloseable {

  private final MeterRegistry registry;
  private final MeterTags tags;
  private final MeterProvider<Timer> chunks;
  private final MeterProvider<Counter> items;
  private final MeterProvider<Counter> quotaSpent;
  private final MeterProvider<Timer> waitTimes;
  private final OpenWaits waits = new OpenWaits(this::waited);
  private final Map<QuotaId, RemainingQuota> quotas = new ConcurrentHashMap<>();

  /** The identity of a gauge: a stream may read with several resources, each with its quota. */
  private record QuotaId(String stream, String resource) {}

  /** A gauge, and the quota that it shows. */
  private record RemainingQuota(Gauge gauge, AtomicReference<Quota> latest) {}

  EventMeters(MeterRegistry registry, MeterTags tags) {
    this.registry = registry;
    this.tags = tags;
    this.chunks =
        Timer.builder("backfill.chunk")
            .description("Time of work for a chunk, waits excluded")
            .withRegistry(registry);
    this.items =
        Counter.builder("backfill.items")
            .description("Items that backfills have passed")
            .baseUnit("items")
            .withRegistry(registry);
    this.quotaSpent =
        Counter.builder("backfill.quota.spent")
            .description("Units of quota that committed chunks and empty reads have cost")
            .withRegistry(registry);
    this.waitTimes =
        Timer.builder("backfill.wait")
            .description("Time for which backfills waited")
            .withRegistry(registry);
  }

  @Override
  public void onEvent(BackfillEvent event) {
    waits.endPassed(event.at());
    if (event instanceof BackfillEvent.ChunkCommitted committed) {
      waits.end(event.key(), event.at());
      committed(committed);
    } else if (event instanceof BackfillEvent.Waiting waiting) {
      waits.begin(event.key(), event.at(), waiting.until(), reason(waiting));
      quota(event.key(), waiting.progress());
    } else if (event instanceof BackfillEvent.SliceStarted) {
      waits.end(event.key(), event.at());
    } else if (event instanceof BackfillEvent.SliceEnded ended) {
      ended(ended);
    }
  }

  private void committed(BackfillEvent.ChunkCommitted chunk) {
    Tags of = tags.of(chunk.key());
    chunks
        .withTags(of.and("phase", MeterTags.value(chunk.progress().phase())))
        .record(chunk.active());
    int quarantined = chunk.quarantined().size();
    int inserted = chunk.counts().inserted();
    int updated = chunk.counts().updated();
    count(of, "inserted", inserted);
    count(of, "updated", updated);
    count(of, "quarantined", quarantined);
    // A sink of a host may count rows, of which an item has several.
    count(of, "unchanged", Math.max(0, chunk.items() - quarantined - inserted - updated));
    spent(of, chunk.quotaSpent());
    quota(chunk.key(), chunk.progress());
  }

  private void ended(BackfillEvent.SliceEnded slice) {
    // A slice that ends because of a wait leaves the wait to the next slice. A completed backfill
    // keeps its status while it waits.
    if (slice.status() != BackfillStatus.WAITING && !slice.status().isCompleted()) {
      waits.end(slice.key(), slice.at());
    }
    spent(tags.of(slice.key()), slice.quotaSpent());
    quota(slice.key(), slice.progress());
  }

  private void count(Tags of, String outcome, int number) {
    items.withTags(of.and("outcome", outcome)).increment(number);
  }

  private void spent(Tags of, long units) {
    quotaSpent.withTags(of).increment(units);
  }

  /** Returns the kind of a wait. Its text is unbounded: it contains times and errors. */
  private static String reason(BackfillEvent.Waiting waiting) {
    if (waiting.holder() != null) {
      return "lease";
    }
    return waiting.failedAttempts() > 0 ? "retry" : "quota";
  }

  private void waited(BackfillKey key, String reason, Duration time) {
    waitTimes.withTags(tags.of(key).and("reason", reason)).record(time);
  }

  private void quota(BackfillKey key, @Nullable Progress progress) {
    Quota quota = progress == null ? null : progress.quota();
    if (quota != null) {
      quotas
          .computeIfAbsent(new QuotaId(key.source(), quota.resource()), id -> gauge(id, quota))
          .latest()
          .set(quota);
    }
  }

  private RemainingQuota gauge(QuotaId id, Quota first) {
    Clock clock = registry.config().clock();
    AtomicReference<Quota> latest = new AtomicReference<>(first);
    Gauge gauge =
        Gauge.builder(
                "backfill.quota.remaining",
                latest,
                // A stream that is idle reports nothing, while its window ends.
                quota -> quota.get().remainingAt(Instant.ofEpochMilli(clock.wallTime())))
            .description("Units of quota that are left in this window")
            .tag(MeterTags.STREAM, id.stream())
            .tag("resource", id.resource())
            .strongReference(true)
            .register(registry);
    return new RemainingQuota(gauge, latest);
  }

  @Override
  public void close() {
    quotas.values().forEach(each -> registry.remove(each.gauge()));
    quotas.clear();
  }
}
