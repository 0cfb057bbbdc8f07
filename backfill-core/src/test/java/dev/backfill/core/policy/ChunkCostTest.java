package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.backfill.api.policy.ChunkSample;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChunkCostTest {

  private static final long MAX = 30_000_000;
  private static final long SECOND = 1_000_000;

  private static ChunkCost cost(ChunkCost before, ChunkSample... chunks) {
    return ChunkCost.of(List.of(chunks), before, MAX);
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

  /** Each item takes so long, and nothing else does. */
  private static ChunkCost perItem(long seconds) {
    return new ChunkCost(0, seconds * SECOND, 0);
  }

  @Test
  void theFirstChunkCountsALittleMoreThanWhatWasExpected() {
    ChunkCost after = cost(perItem(1), took(50, 100));
    assertThat(after.itemMicros()).isBetween(3 * SECOND / 2, 5 * SECOND / 3);
  }

  @Test
  void aChunkOfHalfAgainTheSizeStillCountsAndALargerOneDoesNot() {
    assertThat(cost(ChunkCost.UNKNOWN, took(60, 60), took(40, 80)).itemMicros())
        .isLessThan(3 * SECOND / 2);
    assertThat(cost(ChunkCost.UNKNOWN, took(61, 61), took(40, 80)).itemMicros())
        .isEqualTo(2 * SECOND);
    assertThat(cost(ChunkCost.UNKNOWN, took(40, 80), took(60, 60)).itemMicros())
        .isGreaterThan(4 * SECOND / 3 - 10);
    assertThat(cost(ChunkCost.UNKNOWN, took(39, 78), took(60, 60)).itemMicros()).isEqualTo(SECOND);
  }

  @Test
  void halfAChunkShowsTheCostOfItemsAndLessDoesNot() {
    assertThat(cost(ChunkCost.UNKNOWN, came(50, 25, 50))).isEqualTo(perItem(2));
    assertThat(cost(ChunkCost.UNKNOWN, came(50, 24, 50))).isEqualTo(ChunkCost.UNKNOWN);
  }

  @Test
  void overFiveTimesTheTimeAndTwiceTheExpectedReplacesWhatIsKnown() {
    assertThat(cost(perItem(1), took(50, 150)).itemMicros())
        .as("five times")
        .isLessThan(5 * SECOND / 2);
    assertThat(cost(perItem(1), took(50, 151)).itemMicros()).isEqualTo(3_020_000);
    assertThat(cost(perItem(2), took(50, 200)).itemMicros())
        .as("twice what was expected")
        .isLessThan(7 * SECOND / 2);
    assertThat(cost(perItem(2), took(50, 201)).itemMicros()).isEqualTo(4_020_000);
  }

  @Test
  void theFixedPartShowsBetweenChunksOfDifferentSizes() {
    ChunkCost cost = cost(ChunkCost.UNKNOWN, took(50, 40 + 0.5 * 50), took(100, 40 + 0.5 * 100));
    assertThat(cost.fixedMicros()).isCloseTo(40 * SECOND, within(10L));
    assertThat(cost.itemMicros()).isCloseTo(SECOND / 2, within(10L));
  }

  @Test
  void chunksThatTakeTheSameWhateverTheirSizeAreAllFixed() {
    ChunkCost cost = cost(ChunkCost.UNKNOWN, took(50, 40), took(100, 40));
    assertThat(cost).isEqualTo(new ChunkCost(40 * SECOND, 0, 0));
  }

  @Test
  void sizesCloseTogetherDoNotShowTheFixedPart() {
    assertThat(cost(ChunkCost.UNKNOWN, took(50, 50), took(54, 50.1)).fixedMicros()).isZero();
  }

  @Test
  void betweenEqualSizesTheFixedPartKeepsItsShare() {
    ChunkCost sixth = new ChunkCost(10 * SECOND, SECOND, 0);
    assertThat(cost(sixth, took(50, 120)).fixedMicros()).isCloseTo(20 * SECOND, within(10L));
  }

  @Test
  void bytesOfEarlierChunksCountLessWithEachOne() {
    assertThat(cost(ChunkCost.UNKNOWN, weighed(50, 50_000), weighed(50, 5_000)).itemBytes())
        .isBetween(450L, 520L);
    assertThat(cost(ChunkCost.UNKNOWN, weighed(50, 5_000), weighed(50, 50_000)).itemBytes())
        .as("heavier ones count at once")
        .isEqualTo(1_000);
  }

  @Test
  void chunksWithoutBytesLeaveWhatIsKnownOfThem() {
    assertThat(cost(new ChunkCost(0, SECOND, 1_000), took(50, 50)).itemBytes()).isEqualTo(1_000);
  }
}
