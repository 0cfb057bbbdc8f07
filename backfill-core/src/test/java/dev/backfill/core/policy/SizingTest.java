package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sizes and sentences of stored bases, at the values where one bound takes over from another. */
class SizingTest {

  private static final String WIDE = "v1 limits=1,1000,30000,8388608 start=50 ";
  private static final String DEFAULT = "v1 limits=25,50,30000,8388608 start=50 ";

  private static int size(String basis) {
    return AdaptiveRateLimitPolicy.replay(basis).orElseThrow();
  }

  private static String explained(String basis) {
    return AdaptiveRateLimitPolicy.explain(basis).orElseThrow();
  }

  /** 50 items at 0.6 s fill the 30 s of a chunk. */
  @ParameterizedTest
  @CsvSource({"39, 50", "40, 40", "45, 45", "55, 55", "60, 60", "61, 50"})
  void aSizeWithinAFifthOfTheTimeStays(int last, int next) {
    assertThat(size(WIDE + "last=" + last + " cost=0,600000,0")).isEqualTo(next);
  }

  @Test
  void noItemCostsThreePercentMoreThanInTheLargestChunk() {
    double inLargest = 40_000_000 / 1_000.0 + 1_000_000;
    int size = size(WIDE + "last=400 cost=40000000,1000000,0");

    assertThat(size).isLessThan(600);
    assertThat(40_000_000.0 / size + 1_000_000).isLessThanOrEqualTo(1.03 * inLargest);
    assertThat(40_000_000.0 / (size - 1) + 1_000_000).isGreaterThan(1.03 * inLargest);
  }

  @Test
  void aFixedPartOfAllTheTimeStillAllowsTheLargestChunk() {
    assertThat(size(WIDE + "last=700 cost=30000000,0,0")).isEqualTo(1_000);
    assertThat(size(WIDE + "last=700 cost=30000001,0,0")).isEqualTo(971);
  }

  @Test
  void theFirstOfSeveralEqualBoundsIsNamed() {
    assertThat(explained(DEFAULT + "last=50 cost=0,600000,0"))
        .startsWith("50 items: the largest size binds, ")
        .endsWith(", at 0.6 s an item 30 s allow 50");
  }

  @Test
  void aQuotaOfNothingPaysForOneItemAndAnUnknownPriceForAny() {
    assertThat(size(DEFAULT + "last=50 cost=0,0,0 quota=0,1000000")).isEqualTo(1);
    assertThat(explained(DEFAULT + "last=50 cost=0,0,0 quota=500,0")).doesNotContain("pay for");
  }

  @ParameterizedTest
  @CsvSource({
    // failed, worked, successes, required, retrying, in a row; then what is said
    "'60,40,5,5,0,0', chunks of 60 failed and 50 are tried again",
    "'60,40,4,5,0,0', chunks of 60 failed and 40 may work",
    "'60,40,0,5,60,1', chunks of 60 failed and 40 may work",
    "'60,0,0,5,60,1', chunks of 60 failed and 30 may work",
    "'60,0,0,5,80,2', chunks of 60 failed and 40 may work",
    "'0,0,0,5,50,1', chunks of 50 failed and 25 may work",
  })
  void aFailureIsExplainedByTheSizeThatFailed(String failed, String clause) {
    assertThat(explained(WIDE + "last=50 cost=0,0,0 failed=" + failed)).contains(clause);
  }

  @ParameterizedTest
  @CsvSource({
    "50, '0,300000,0', at 0.3 s an item 30 s allow more",
    "50, '0,2000000,0', 'at 2.0 s an item 30 s allow no more than the smallest size, 25'",
  })
  void timeReturnsItsSizeBeyondTheBounds(int last, String cost, String clause) {
    assertThat(explained(DEFAULT + "last=" + last + " cost=" + cost)).contains(clause);
  }

  @ParameterizedTest
  @CsvSource({
    "60, '0,600000,0', at 0.6 s an item 30 s allow 60",
    "700, '20000000,100000,0', fewer than 848 would not pay for the 20 s that a chunk takes",
    "500, '40000000,1000000,0', fewer than 562 would not pay for the 40 s that a chunk takes",
  })
  void timeReportsIfASizeFitsOrPaysForTheFixedPart(int last, String cost, String clause) {
    assertThat(explained(WIDE + "last=" + last + " cost=" + cost)).contains(clause);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1500, 1.5 ms",
    "0, 9499, 9.5 ms",
    "0, 9500, 10 ms",
    "0, 94999, 95 ms",
    "0, 95000, 0.1 s",
    "0, 9949999, 9.9 s",
    "0, 9950000, 10 s",
    "9999, 20000, 20 ms",
    "10000, 20000, 10 ms + 20 ms",
  })
  void timesAreRoundedToTwoDigits(long fixed, long item, String time) {
    assertThat(explained(WIDE + "last=50 cost=" + fixed + "," + item + ",0"))
        .contains(" at " + time + " an item ");
  }

  @ParameterizedTest
  @CsvSource({
    "10239, 10239 bytes",
    "10240, 10 KiB",
    "1048575, 1023 KiB",
    "1048576, 1 MiB",
    "1048577, 1024 KiB",
    "10485761, 10 MiB",
  })
  void bytesAreWrittenInTheUnitThatFits(long item, String bytes) {
    assertThat(explained(WIDE + "last=50 cost=0,0," + item))
        .contains("at " + bytes + " an item 8 MiB allow ");
  }
}
