package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdaptiveRateLimitPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final int ITEMS = 20_000;

  private final AdaptiveRateLimitPolicy policy = AdaptiveRateLimitPolicy.ofDefaults();

  /** How long a chunk takes, or less than 0 when it fails. */
  private interface Trace {
    double seconds(int size, int done);
  }

  /** Decides on a size by what was. */
  private interface Sizer {
    int size(List<ChunkSample> recent);
  }

  /** How a history went. */
  private record Outcome(double makespan, List<Integer> sizes, int failures) {

    long turns() {
      long turns = 0;
      int direction = 0;
      for (int i = 1; i < sizes.size(); i++) {
        int now = Integer.signum(sizes.get(i) - sizes.get(i - 1));
        if (now != 0 && direction != 0 && now != direction) {
          turns++;
        }
        direction = now == 0 ? direction : now;
      }
      return turns;
    }
  }

  private static Outcome run(Trace trace, Sizer sizer) {
    List<ChunkSample> recent = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    double makespan = 0;
    int done = 0;
    int failures = 0;
    while (done < ITEMS) {
      int size = sizer.size(List.copyOf(recent));
      sizes.add(size);
      int items = Math.min(size, ITEMS - done);
      double seconds = trace.seconds(size, done);
      if (recent.size() == PolicyInput.MAX_RECENT) {
        recent.remove(0);
      }
      if (seconds < 0) {
        failures++;
        assertThat(failures).as("failures").isLessThan(10_000);
        // The failed answer and the pause after it.
        makespan += 2;
        recent.add(ChunkSample.failed(size));
      } else {
        makespan += seconds;
        done += items;
        recent.add(
            new ChunkSample(size, items, Duration.ofNanos((long) (seconds * 1e9)), 1, false));
      }
    }
    return new Outcome(makespan, sizes, failures);
  }

  private Outcome adaptive(Trace trace) {
    return run(trace, recent -> proceed(input(null, recent)).chunkSize());
  }

  private static PolicyInput input(@Nullable Quota quota, List<ChunkSample> recent) {
    return new PolicyInput(NOW, quota, Total.exact(ITEMS), 1, recent);
  }

  private Decision.Proceed proceed(PolicyInput input) {
    return (Decision.Proceed) policy.decide(input);
  }

  private static ChunkSample took(int size, double seconds) {
    return new ChunkSample(size, size, Duration.ofMillis((long) (seconds * 1_000)), 1, false);
  }

  /** Never worse than the best fixed size that works at all, by more than a twentieth. */
  private void assertGood(Trace trace, int... fixed) {
    Outcome outcome = adaptive(trace);
    for (int size : fixed) {
      assertThat(outcome.makespan())
          .as("the time, beside fixed chunks of " + size)
          .isLessThanOrEqualTo(run(trace, recent -> size).makespan() * 1.05);
    }
  }

  private static Trace noisy(double fixed, double perItem) {
    Random random = new Random(7);
    return (size, done) -> (fixed + perItem * size) * (0.9 + random.nextDouble() * 0.2);
  }

  @Test
  void aCheapListIsReadInTheLargestChunks() {
    assertGood((size, done) -> 0.2 + 0.001 * size, 25, 50);
    assertThat(adaptive(noisy(0.2, 0.001)).turns()).isZero();
  }

  @Test
  void expensiveItemsAreReadAsFastAsWithAnyFixedSize() {
    assertGood((size, done) -> 0.1 + 0.5 * size, 25, 50);
    assertGood((size, done) -> 0.1 + 2.0 * size, 25, 50);
  }

  @Test
  void aHistoryThatGetsSlowerIsReadAsFastAsWithAnyFixedSize() {
    assertGood((size, done) -> 0.1 + (done < ITEMS / 2 ? 0.01 : 1.0) * size, 25, 50);
  }

  @Test
  void aSizeThatFailsIsLeftAtOnceAndSeldomTriedAgain() {
    Trace trace = (size, done) -> size > 30 ? -1 : 1 + 0.1 * size;
    assertGood(trace, 25, 30);
    Outcome outcome = adaptive(trace);
    assertThat(outcome.failures()).isLessThan(outcome.sizes().size() / 15);
  }

  @Test
  void itConvergesWithinTenChunks() {
    AdaptiveRateLimitPolicy wide =
        policy.withBounds(5, 500).withLongestChunk(Duration.ofSeconds(20));
    Trace trace = noisy(1, 0.1);
    Outcome outcome =
        run(trace, recent -> ((Decision.Proceed) wide.decide(input(null, recent))).chunkSize());
    // 1 + 0.1 n = 20
    List<Integer> settled = outcome.sizes().subList(10, outcome.sizes().size());
    assertThat(settled).allMatch(size -> size >= 190 * 0.75 && size <= 190 * 1.25);
    assertThat(outcome.turns()).isLessThanOrEqualTo(outcome.sizes().size() / 20);
  }

  @Test
  void itGrowsByHalfAtMostAndShrinksAtOnce() {
    AdaptiveRateLimitPolicy wide = policy.withBounds(1, 1_000);
    assertThat(size(wide, took(100, 1))).isEqualTo(150);
    assertThat(size(wide, took(100, 300))).isEqualTo(10);
    assertThat(size(wide, ChunkSample.failed(100))).isEqualTo(50);
    assertThat(size(wide, took(40, 1), ChunkSample.failed(60))).isEqualTo(40);
    assertThat(size(wide, ChunkSample.failed(1))).isEqualTo(1);
  }

  private static int size(AdaptiveRateLimitPolicy policy, ChunkSample... recent) {
    return ((Decision.Proceed) policy.decide(input(null, List.of(recent)))).chunkSize();
  }

  @Test
  void aLongWaitMakesNoChunkSmall() {
    List<ChunkSample> recent = List.of(took(50, 2), took(50, 2));
    PolicyInput later =
        new PolicyInput(NOW.plus(Duration.ofHours(1)), null, Total.exact(ITEMS), 1, recent);
    assertThat(proceed(later)).isEqualTo(proceed(input(null, recent)));
  }

  @Test
  void theReserveIsNeverTouched() {
    for (int remaining = 0; remaining <= 700; remaining++) {
      Quota quota = new Quota("core", 5_000, remaining, NOW.plusSeconds(60));
      Decision decision = policy.decide(input(quota, List.of(took(50, 1))));
      if (remaining <= 500) {
        assertThat(decision).isInstanceOf(Decision.Wait.class);
      } else {
        Decision.Proceed proceed = (Decision.Proceed) decision;
        assertThat(proceed.reserve()).isEqualTo(500);
        assertThat(proceed.chunkSize()).isLessThanOrEqualTo(remaining - 500);
      }
    }
  }

  @Test
  void everyDecisionSaysWhatBindsIt() {
    assertThat(proceed(input(null, List.of())).reason())
        .isEqualTo("begins with the documented size");
    assertThat(proceed(input(null, List.of(took(50, 1)))).reason()).isEqualTo("the largest size");
    assertThat(proceed(input(null, List.of(took(20, 1)))).reason()).isEqualTo("grows from 20");
    assertThat(proceed(input(null, List.of(took(50, 50)))).reason())
        .isEqualTo("time: 1.00 s an item, 30 s a chunk");
    assertThat(proceed(input(null, List.of(ChunkSample.failed(50)))).reason())
        .isEqualTo("failure: chunks of 50 failed");
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> policy.withBounds(0, 50))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("from 0 to 50");
    assertThatThrownBy(() -> policy.withBounds(50, 25))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> policy.withLongestChunk(Duration.ZERO))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> policy.withReservePercent(91))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
