package dev.backfill.core.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Total;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandardRateLimitPolicyTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant RESET = NOW.plusSeconds(600);

  private final StandardRateLimitPolicy policy = StandardRateLimitPolicy.ofDefaults();

  @ParameterizedTest
  @CsvSource({
    // total, limit, remaining, size, reserve
    "    100, 5000, 5000, 50, 500",
    "  50000, 5000, 5000, 50, 500",
    "  50001, 5000, 5000, 25, 500",
    "    100, 5000, 1000, 50, 500",
    "    100, 5000,  999, 25, 500",
    "    100, 5000,  501, 25, 500",
    "    100, 1000,  999, 25, 100",
    "    100,   60,   60, 25,   6",
    " 100000, 15000, 15000, 25, 1500",
  })
  void theDocumentedRuleSizesTheChunk(
      long total, long limit, long remaining, int size, long reserve) {
    Decision.Proceed decision =
        (Decision.Proceed) policy.decide(input(total, quota(limit, remaining), 0));

    assertThat(decision.chunkSize()).isEqualTo(size);
    assertThat(decision.reserve()).isEqualTo(reserve);
    assertThat(decision.reason()).isNotBlank();
  }

  @ParameterizedTest
  @CsvSource({"5000, 500", "5000, 499", "5000, 0", "1000, 100", "60, 6", "60, 0"})
  void theReserveIsNeverTouched(long limit, long remaining) {
    Decision decision = policy.decide(input(100, quota(limit, remaining), 0));

    assertThat(decision).isInstanceOf(Decision.Wait.class);
    assertThat(((Decision.Wait) decision).until()).isEqualTo(RESET);
    assertThat(decision.reason()).contains("quota").contains(String.valueOf(remaining));
  }

  @Test
  void aChunkIsNoLargerThanWhatTheQuotaAboveTheReservePaysFor() {
    Decision.Proceed decision = (Decision.Proceed) policy.decide(input(100, quota(1000, 121), 2.0));

    assertThat(decision.chunkSize()).isEqualTo(10);
  }

  @Test
  void aQuotaThatPaysForTheWholeChunkIsNotTheReasonForItsSize() {
    assertThat(policy.decide(input(100, quota(1000, 150), 2.0)))
        .isEqualTo(new Decision.Proceed(25, 100, "low quota: less than 1000 units left"));
  }

  @Test
  void oneItemIsTriedEvenWhenItMayCostMoreThanIsLeft() {
    Decision.Proceed decision = (Decision.Proceed) policy.decide(input(100, quota(1000, 101), 2.0));

    assertThat(decision.chunkSize()).isEqualTo(1);
  }

  @Test
  void aWindowThatHasEndedCountsAsFull() {
    Quota spent = new Quota("core", 5000, 0, NOW.minusSeconds(1));

    assertThat(policy.decide(input(100, spent, 0)))
        .isEqualTo(new Decision.Proceed(50, 500, "standard"));
  }

  @Test
  void withoutAStatedQuotaThereIsNoReserve() {
    assertThat(policy.decide(new PolicyInput(NOW, null, Total.UNKNOWN, 0)))
        .isEqualTo(new Decision.Proceed(50, 0, "standard"));
  }

  @Test
  void aFixedSizeReplacesTheRuleButNotTheReserve() {
    StandardRateLimitPolicy fixed = policy.withFixedSize(7);

    assertThat(fixed.decide(input(100_000, quota(5000, 600), 0)))
        .isEqualTo(new Decision.Proceed(7, 500, "fixed size"));
    assertThat(fixed.decide(input(100_000, quota(5000, 500), 0))).isInstanceOf(Decision.Wait.class);
  }

  @ParameterizedTest
  @CsvSource({"1", "1000"})
  void aFixedSizeMayBeAtEitherEndOfItsRange(int size) {
    assertThat(policy.withFixedSize(size).decide(input(100, null, 0)))
        .isEqualTo(new Decision.Proceed(size, 0, "fixed size"));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "1001"})
  void aFixedSizeOutOfItsRangeIsRefusedWithTheRule(int size) {
    assertThatThrownBy(() -> policy.withFixedSize(size))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(String.valueOf(size))
        .hasMessageContaining("from 1 to 1000");
  }

  @Test
  void theReserveCanBeChanged() {
    assertThat(policy.withReservePercent(0).decide(input(100, quota(5000, 1), 0)))
        .isEqualTo(new Decision.Proceed(25, 0, "low quota: less than 1000 units left"));
    assertThat(policy.withReservePercent(90).decide(input(100, quota(5000, 5000), 0)))
        .isEqualTo(new Decision.Proceed(50, 4500, "standard"));
    assertThatThrownBy(() -> policy.withReservePercent(91))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("91");
  }

  private static PolicyInput input(long total, @Nullable Quota quota, double quotaPerItem) {
    return new PolicyInput(NOW, quota, Total.exact(total), quotaPerItem);
  }

  private static Quota quota(long limit, long remaining) {
    return new Quota("core", limit, remaining, RESET);
  }
}
