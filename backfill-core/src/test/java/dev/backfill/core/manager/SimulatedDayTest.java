package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.BackfillStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** 500 repositories of mixed size, with one token, in a day. */
class SimulatedDayTest {

  private static final int REPOSITORIES = 500;
  private static final long RESERVE = 500;
  private static final long LIMIT = 5_000;

  /** Documented in docs/operations.md: an hour for the quota, and a first slice for each. */
  private static final Duration BOUND = Duration.ofMinutes(75);

  private final ManagerFixture fixture = new ManagerFixture();

  @Test
  void fiveHundredRepositoriesFinishInADayWithOneToken() throws InterruptedException {
    Random random = new Random(2026);
    Map<String, Instant> trackedAt = new HashMap<>();
    Map<String, Instant> firstSlice = new HashMap<>();
    Instant start = fixture.time.now();
    BackfillManager.Builder builder =
        fixture
            .manager()
            .listener(
                event -> {
                  if (event instanceof BackfillEvent.SliceStarted started) {
                    firstSlice.putIfAbsent(started.key().target(), started.at());
                  }
                });
    long items = 0;
    try (BackfillManager manager = builder.build()) {
      // Giants first, so that whoever comes later meets them at work.
      for (int i = 0; i < REPOSITORIES; i++) {
        int size = i < 10 ? 60_000 + random.nextInt(60_000) : size(random);
        items += size;
        fixture.source.sizes.put("owner/" + i, size);
        manager.track("owner/" + i);
        trackedAt.put("owner/" + i, fixture.time.now());
        if (i == 9 || i % 100 == 99) {
          manager.runFor(Duration.ofMinutes(90));
        }
      }
      manager.runFor(Duration.between(fixture.time.now(), start.plus(Duration.ofHours(24))));
    }
    Duration busy = Duration.between(start, lastCompletion());
    List<Long> windows = fixture.quota.windows().subList(0, (int) busy.toHours());
    double used = windows.stream().mapToLong(Long::longValue).sum();
    double share = used / (windows.size() * (LIMIT - RESERVE));
    Duration longest =
        trackedAt.entrySet().stream()
            .map(entry -> Duration.between(entry.getValue(), firstSlice.get(entry.getKey())))
            .max(Duration::compareTo)
            .orElseThrow();
    System.out.printf(
        "simulated day: %d repositories, %,d items, %,d requests, done after %s; longest wait for a first slice %s; %.1f %% of the available quota used over %d hours; at least %d left%n",
        REPOSITORIES,
        items,
        fixture.quota.used(),
        busy,
        longest,
        100 * share,
        windows.size(),
        fixture.quota.min());
    assertThat(fixture.jobs.list()).hasSize(REPOSITORIES);
    assertThat(fixture.jobs.list()).allMatch(job -> job.state() == JobState.IDLE);
    assertThat(fixture.progress.list())
        .allMatch(backfill -> backfill.status() == BackfillStatus.COMPLETED);
    assertThat(fixture.progress.list().stream().mapToLong(b -> b.counters().processed()).sum())
        .isEqualTo(items);
    assertThat(longest).isLessThan(BOUND);
    assertThat(fixture.quota.min()).isGreaterThanOrEqualTo(RESERVE);
    assertThat(share).isGreaterThanOrEqualTo(0.95);
    assertThat(busy).isBetween(Duration.ofHours(12), Duration.ofHours(24));
  }

  private static int size(Random random) {
    double kind = random.nextDouble();
    return kind < 0.2 ? 0 : kind < 0.7 ? random.nextInt(1_000) : random.nextInt(9_000);
  }

  private Instant lastCompletion() {
    return fixture.progress.list().stream()
        .map(backfill -> backfill.completedAt())
        .max(Instant::compareTo)
        .orElseThrow();
  }
}
