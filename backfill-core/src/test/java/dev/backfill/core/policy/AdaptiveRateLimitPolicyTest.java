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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveRateLimitPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private final AdaptiveRateLimitPolicy policy = AdaptiveRateLimitPolicy.ofDefaults();
  private final AdaptiveRateLimitPolicy wide = policy.withBounds(1, 1_000);

  private static PolicyInput input(@Nullable Quota quota, List<ChunkSample> recent) {
    return new PolicyInput(NOW, quota, Total.exact(20_000), 1, recent);
  }

  private static Decision.Proceed proceed(AdaptiveRateLimitPolicy policy, ChunkSample... recent) {
    return (Decision.Proceed) policy.decide(input(null, List.of(recent)));
  }

  private static int size(AdaptiveRateLimitPolicy policy, ChunkSample... recent) {
    return proceed(policy, recent).chunkSize();
  }

  private static ChunkSample took(int size, double seconds) {
    return came(size, size, seconds);
  }

  private static ChunkSample came(int requested, int items, double seconds) {
    return new ChunkSample(requested, items, Duration.ofNanos((long) (seconds * 1e9)), 1, false);
  }

  private static ChunkSample weighed(int size, long bytes) {
    return new ChunkSample(size, size, Duration.ofSeconds(1), 1, bytes, false, null);
  }

  /** Chunks one after the other, each with its decision, as an engine remembers them. */
  private static final class History {

    private final AdaptiveRateLimitPolicy policy;
    private final List<ChunkSample> recent = new ArrayList<>();
    private final List<Integer> sizes = new ArrayList<>();

    History(AdaptiveRateLimitPolicy policy) {
      this.policy = policy;
    }

    /** What comes next takes this long for a size, or fails below zero. */
    interface CostModel {
      double seconds(int size);
    }

    History go(int chunks, CostModel costs) {
      for (int i = 0; i < chunks; i++) {
        Decision.Proceed next = (Decision.Proceed) policy.decide(input(null, recent));
        int size = next.chunkSize();
        sizes.add(size);
        double seconds = costs.seconds(size);
        remember(
            seconds < 0
                ? ChunkSample.failed(size, next.basis())
                : new ChunkSample(
                    size,
                    size,
                    Duration.ofNanos((long) (seconds * 1e9)),
                    1,
                    0,
                    false,
                    next.basis()));
      }
      return this;
    }

    void remember(ChunkSample sample) {
      if (recent.size() == PolicyInput.MAX_RECENT) {
        recent.remove(0);
      }
      recent.add(sample);
    }

    int next() {
      return ((Decision.Proceed) policy.decide(input(null, recent))).chunkSize();
    }

    long tries(int size) {
      return sizes.stream().filter(each -> each == size).count();
    }
  }

  @Test
  void itBeginsWithTheDocumentedSize() {
    assertThat(size(policy)).isEqualTo(50);
    PolicyInput large = new PolicyInput(NOW, null, Total.exact(50_001), 0);
    assertThat(((Decision.Proceed) policy.decide(large)).chunkSize()).isEqualTo(25);
    assertThat(size(policy.withBounds(5, 10))).isEqualTo(10);
  }

  @Test
  void itGrowsByHalfAtMostAndShrinksAtOnce() {
    assertThat(size(wide, took(100, 1))).isEqualTo(150);
    assertThat(size(wide, took(100, 300))).isEqualTo(10);
    assertThat(size(wide, ChunkSample.failed(100))).isEqualTo(50);
    assertThat(size(wide, took(40, 1), ChunkSample.failed(60))).isEqualTo(40);
    assertThat(size(wide, ChunkSample.failed(1))).isEqualTo(1);
  }

  @Test
  void oneChunkOfManyTimesItsTimeShrinksTheNextAtOnce() {
    History history = new History(wide).go(20, size -> 0.1 * size);
    assertThat(history.next()).isBetween(240, 360);
    history.go(1, size -> 200);
    assertThat(history.next()).isLessThan(60);
  }

  @Test
  void theCostOfAChunkIsSeparatedFromItsItems() {
    AdaptiveRateLimitPolicy normal = policy.withBounds(25, 100);
    History history = new History(normal).go(20, size -> 40 + 0.05 * size);
    assertThat(history.next())
        .as("no size makes such chunks fast, and small ones cost more")
        .isGreaterThan(90);
    assertThat(new History(normal).go(20, size -> 0.8 * size).next())
        .as("where the items are what takes time")
        .isBetween(30, 45);
  }

  @Test
  void chunksOfASizeFarFromThePresentOneDoNotCount() {
    List<ChunkSample> stale = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      stale.add(took(500, 0.5));
    }
    for (int i = 0; i < 3; i++) {
      stale.add(took(30, 30));
    }
    int size = ((Decision.Proceed) wide.decide(input(null, stale))).chunkSize();
    assertThat(size).isBetween(27, 33);
  }

  @Test
  void aChunkThatCameShortChangesNothing() {
    ChunkSample[] full = {took(50, 20), took(50, 20), took(50, 20)};
    ChunkSample[] andShort = {full[0], full[1], full[2], came(50, 1, 19)};
    assertThat(size(wide, andShort)).isEqualTo(size(wide, full));
    assertThat(size(policy, came(50, 3, 1)))
        .as("the end of a page does not make the next chunk small")
        .isEqualTo(50);
    History history = new History(policy).go(20, size -> 1);
    for (int catchUp = 0; catchUp < 40; catchUp++) {
      Decision.Proceed next = (Decision.Proceed) policy.decide(input(null, history.recent));
      history.remember(
          new ChunkSample(next.chunkSize(), 1, Duration.ofSeconds(160), 1, 0, false, next.basis()));
    }
    assertThat(history.next()).as("nor do many runs that bring an item or two").isEqualTo(50);
  }

  @Test
  void aSourceThatAlwaysReturnsLessIsMeasuredToo() {
    History history = new History(policy);
    for (int chunk = 0; chunk < 5; chunk++) {
      Decision.Proceed next = (Decision.Proceed) policy.decide(input(null, history.recent));
      int items = Math.min(30, next.chunkSize());
      history.remember(
          new ChunkSample(
              next.chunkSize(), items, Duration.ofSeconds(2L * items), 1, 0, false, next.basis()));
    }
    assertThat(history.next()).isEqualTo(25);
  }

  @Test
  void theEndOfAWindowDoesNotMakeTheNextOneBeginSmall() {
    History history = new History(policy).go(3, size -> 1);
    Quota little = new Quota("core", 5_000, 503, NOW.plusSeconds(60));
    Decision.Proceed last = (Decision.Proceed) policy.decide(input(little, history.recent));
    assertThat(last.chunkSize()).isEqualTo(3);
    assertThat(last.reason()).isEqualTo("quota: 3 units above the reserve pay for 3");
    history.remember(new ChunkSample(3, 3, Duration.ofSeconds(1), 3, 0, false, last.basis()));
    assertThat(history.next()).isEqualTo(50);

    Decision.Proceed first = (Decision.Proceed) policy.decide(input(little, List.of()));
    assertThat(first.chunkSize()).isEqualTo(3);
    ChunkSample small = new ChunkSample(3, 3, Duration.ofSeconds(1), 3, 0, false, first.basis());
    assertThat(size(policy, small)).as("nor the very first one").isBetween(25, 50);
  }

  @Test
  void heavyItemsMakeChunksSmall() {
    assertThat(size(policy, weighed(50, 1_000_000))).isEqualTo(50);
    assertThat(size(policy, weighed(50, 50L * 1024 * 1024))).isEqualTo(8);
    assertThat(size(policy.withMaxBytes(1), weighed(50, 50))).isEqualTo(1);
    assertThat(proceed(policy, weighed(50, 50L * 1024 * 1024)).reason())
        .isEqualTo("bytes: 1 MiB an item, 8 MiB a chunk");
  }

  @Test
  void aSizeThatFailsIsLeftAtOnceAndSeldomTriedAgain() {
    History history = new History(policy).go(500, size -> size > 30 ? -1 : 1 + 0.1 * size);
    assertThat(history.sizes.subList(0, 2)).containsExactly(50, 25);
    assertThat(history.sizes.stream().filter(size -> size > 30)).hasSizeLessThan(8);
    assertThat(history.next()).isBetween(28, 30);
  }

  @Test
  void aSizeThatFailedOnceIsUsedAgainWhenItWorks() {
    History history = new History(policy).go(5, size -> size > 30 ? -1 : 1).go(400, size -> 1);
    assertThat(history.next()).isEqualTo(50);
  }

  @Test
  void anAccidentOfASizeThatWorksIsForgotten() {
    History history = new History(policy).go(20, size -> 1).go(1, size -> -1).go(3, size -> 1);
    assertThat(history.sizes.subList(20, 24)).containsExactly(50, 25, 38, 50);
  }

  @Test
  void anOutageMakesNoSizeTooLarge() {
    History history = new History(policy).go(20, size -> 1).go(6, size -> -1).go(12, size -> 1);
    assertThat(history.sizes.subList(20, 27)).containsExactly(50, 25, 12, 6, 3, 1, 1);
    assertThat(history.next()).isEqualTo(50);
  }

  @Test
  void whatIsKnownGoesFromChunkToChunkHoweverLongAgoItWas() {
    History history = new History(policy).go(90, size -> size > 30 ? -1 : 1 + 0.1 * size);
    assertThat(history.recent).noneMatch(ChunkSample::failed);
    long before = history.tries(50);
    history.go(20, size -> size > 30 ? -1 : 1 + 0.1 * size);
    assertThat(history.tries(50)).isEqualTo(before).isEqualTo(1);
  }

  @Test
  void aLongWaitMakesNoChunkSmall() {
    List<ChunkSample> recent = List.of(took(50, 2), took(50, 2));
    PolicyInput later =
        new PolicyInput(NOW.plus(Duration.ofHours(1)), null, Total.exact(20_000), 1, recent);
    assertThat(policy.decide(later)).isEqualTo(policy.decide(input(null, recent)));
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
  void whatAnItemCostsIsKnownFromEarlierSlices() {
    Quota quota = new Quota("core", 5_000, 600, NOW.plusSeconds(60));
    ChunkSample dear = new ChunkSample(50, 50, Duration.ofSeconds(1), 500, false);
    PolicyInput first = new PolicyInput(NOW, quota, Total.exact(20_000), 0, List.of(dear));
    assertThat(((Decision.Proceed) policy.decide(first)).chunkSize()).isEqualTo(10);
  }

  @Test
  void everyDecisionNamesItsBindingLimit() {
    assertThat(proceed(policy).reason()).isEqualTo("begins with the documented size");
    assertThat(proceed(policy, took(50, 1)).reason()).isEqualTo("the largest size");
    assertThat(proceed(policy, took(20, 1)).reason()).isEqualTo("grows from 20");
    assertThat(proceed(policy, took(50, 50)).reason())
        .isEqualTo("time: 1.0 s an item, 30 s a chunk");
    assertThat(proceed(policy, ChunkSample.failed(50)).reason())
        .isEqualTo("failure: chunks of 50 failed");
  }

  @Test
  void aBasisIsExplainedInOneSentence() {
    assertThat(explained(proceed(policy)))
        .isEqualTo("50 items: the start binds, nothing is known yet and the documented size is 50");
    assertThat(explained(proceed(wide, took(18, 16.2))))
        .isEqualTo(
            "27 items: growth binds, after 18 it may grow to 27, a chunk may have 1000, at 0.9 s an item 30 s allow 33");
    assertThat(explained(proceed(policy, took(40, 1), ChunkSample.failed(60))))
        .startsWith("40 items: a failure binds, chunks of 60 failed and 40 may work, ");
    assertThat(explained(proceed(policy, weighed(50, 50L * 1024 * 1024))))
        .startsWith("8 items: memory binds, at 1 MiB an item 8 MiB allow 8, ");
    History dear = new History(policy).go(20, size -> 40 + 0.05 * size);
    assertThat(explained((Decision.Proceed) policy.decide(input(null, dear.recent))))
        .isEqualTo(
            "49 items: time binds, fewer than 49 would not pay for the 40 s that a chunk takes however small it is, a chunk may have 50, after 49 it may grow to 74");
    assertThat(AdaptiveRateLimitPolicy.explain(null)).isEmpty();
    assertThat(AdaptiveRateLimitPolicy.explain("v0 something else")).isEmpty();
    assertThat(AdaptiveRateLimitPolicy.explain("v1 start=5 -> 5")).isEmpty();
    assertThat(AdaptiveRateLimitPolicy.replay("another policy's text")).isEmpty();
  }

  private static String explained(Decision.Proceed decision) {
    return AdaptiveRateLimitPolicy.explain(decision.basis()).orElseThrow();
  }

  /** Whatever the input is, also one that no source would ever bring. */
  @Tag("property")
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void aBasisGivesTheSameSizeAgain(long seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      AdaptiveRateLimitPolicy any = anyPolicy(random);
      History history = new History(any);
      for (int chunk = 0; chunk < 40; chunk++) {
        String where = "seed %d, round %d, chunk %d".formatted(seed, round, chunk);
        PolicyInput input = anyInput(random, history.recent);
        if (any.decide(input) instanceof Decision.Proceed decision) {
          assertThat(AdaptiveRateLimitPolicy.replay(decision.basis()))
              .as(where + ": " + decision.basis())
              .hasValue(decision.chunkSize());
          assertThat(decision.basis()).as(where).hasSizeLessThan(Decision.Proceed.MAX_BASIS);
          assertThat(explained(decision)).as(where).startsWith(decision.chunkSize() + " item");
          history.remember(anySample(random, decision));
        }
      }
    }
  }

  private static AdaptiveRateLimitPolicy anyPolicy(Random random) {
    int largest = 1 + random.nextInt(1_000);
    return AdaptiveRateLimitPolicy.ofDefaults()
        .withBounds(1 + random.nextInt(largest), largest)
        .withMaxChunkTime(Duration.ofMillis(1 + random.nextLong(86_400_000)))
        .withMaxBytes(1 + random.nextLong(AdaptiveRateLimitPolicy.LIMIT_OF_MAX_BYTES))
        .withReservePercent(random.nextInt(91));
  }

  private static PolicyInput anyInput(Random random, List<ChunkSample> recent) {
    long limit = 1 + random.nextLong(random.nextBoolean() ? 5_000 : Long.MAX_VALUE / 100);
    return new PolicyInput(
        NOW,
        random.nextInt(3) == 0
            ? null
            : new Quota("core", limit, random.nextLong(limit + 1), NOW.plusSeconds(60)),
        Total.estimate(random.nextLong(100_000)),
        random.nextBoolean() ? 0 : random.nextDouble() * Math.pow(10, random.nextInt(12)),
        recent);
  }

  private static ChunkSample anySample(Random random, Decision.Proceed decision) {
    int size = decision.chunkSize();
    String basis = random.nextInt(10) == 0 ? null : decision.basis();
    if (random.nextInt(6) == 0) {
      return ChunkSample.failed(size, basis);
    }
    return new ChunkSample(
        size,
        random.nextInt(4) == 0 ? random.nextInt(size + 1) : size,
        Duration.ofNanos((long) Math.pow(10, random.nextDouble() * 17)),
        random.nextInt(1_000),
        random.nextBoolean() ? 0 : (long) Math.pow(10, random.nextDouble() * 15),
        false,
        basis);
  }

  @Test
  void aBasisIsOneLineOfWhatTheSizeCameFromAndWhatEachBoundAllowed() {
    assertThat(proceed(policy).basis())
        .isEqualTo(
            "v1 limits=25,50,30000,8388608 start=50 last=0 cost=0,0,0 -> 50 start=50 by=start");
    assertThat(proceed(policy, took(20, 10)).basis())
        .isEqualTo(
            "v1 limits=25,50,30000,8388608 start=50 last=20 cost=0,500000,0"
                + " -> 30 largest=50 growth=30 time=60 by=growth");
  }

  @Test
  void aChunkOfThreeTimesItsTimeIsTakenForOneAmongOthers() {
    History history = new History(wide).go(20, size -> 0.1 * size).go(1, size -> 90);
    assertThat(history.next()).isBetween(150, 250);
  }

  @Test
  void settingsAtTheEndsOfTheirRangesAreTaken() {
    AdaptiveRateLimitPolicy any = policy.withMaxChunkTime(Duration.ofMillis(1)).withMaxBytes(1);
    assertThat(proceed(any).basis()).startsWith("v1 limits=25,50,1,1 ");
    any = policy.withMaxChunkTime(Duration.ofDays(1)).withMaxBytes(1_073_741_824);
    assertThat(proceed(any).basis()).startsWith("v1 limits=25,50,86400000,1073741824 ");
    assertThat(proceed(policy.withBounds(1, 1_000)).basis()).startsWith("v1 limits=1,1000,");
    assertThat(proceed(policy.withBounds(7, 7)).chunkSize()).isEqualTo(7);
  }

  @Test
  void badSettingsAreRefused() {
    assertThatThrownBy(() -> policy.withBounds(0, 50))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("from 0 to 50");
    assertThatThrownBy(() -> policy.withBounds(50, 25))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> policy.withMaxChunkTime(Duration.ZERO))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> policy.withMaxChunkTime(Duration.ofDays(2)))
        .isInstanceOf(InvalidConfigurationException.class);
    assertThatThrownBy(() -> policy.withMaxBytes(0))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("from 1 to 1073741824");
    assertThatThrownBy(() -> policy.withReservePercent(91))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
