package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.github.internal.transport.ApiResource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Instant after(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  private static int allowed(ConcurrencyLimit concurrency, Instant at) {
    concurrency.isFree(ApiResource.CORE, at);
    return concurrency.allowed();
  }

  @Test
  void noMoreAreUnderWayThanAreAllowed() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(2, 2);
    concurrency.enter(ApiResource.CORE);
    assertThat(concurrency.isFree(ApiResource.CORE, NOW)).isTrue();
    concurrency.enter(ApiResource.CORE);
    assertThat(concurrency.isFree(ApiResource.CORE, NOW)).isFalse();
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    assertThat(concurrency.inUse()).isEqualTo(2);
    concurrency.leave(ApiResource.CORE);
    assertThat(concurrency.isFree(ApiResource.CORE, NOW)).isTrue();
    assertThat(concurrency.inUse()).isEqualTo(1);
  }

  @Test
  void queriesHaveALimitOfTheirOwn() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(4, 2);
    concurrency.enter(ApiResource.CORE);
    concurrency.enter(ApiResource.GRAPHQL);
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).as("REST counts for nothing").isTrue();
    concurrency.enter(ApiResource.GRAPHQL);
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    assertThat(concurrency.isFree(ApiResource.CORE, NOW)).isTrue();
    concurrency.leave(ApiResource.CORE);
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    concurrency.leave(ApiResource.GRAPHQL);
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).isTrue();
  }

  @Test
  void eachLimitHalvesDownToOne() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(5, 5);
    concurrency.halve(NOW, NOW);
    assertThat(concurrency.allowed()).isEqualTo(2);
    concurrency.halve(NOW, NOW);
    assertThat(concurrency.allowed()).isEqualTo(1);
    concurrency.halve(NOW, NOW);
    assertThat(concurrency.allowed()).isEqualTo(1);
  }

  @Test
  void eachMinuteAfterTheLimitsEndAllowsOneMore() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(4, 4);
    concurrency.halve(NOW, after(30));
    assertThat(allowed(concurrency, after(89))).isEqualTo(2);
    assertThat(allowed(concurrency, after(90))).isEqualTo(3);
    assertThat(allowed(concurrency, after(149))).isEqualTo(3);
    assertThat(allowed(concurrency, after(150))).isEqualTo(4);
    assertThat(allowed(concurrency, after(3600))).as("never more than was chosen").isEqualTo(4);
  }

  @Test
  void whatCameBackBeforeTheNextLimitCounts() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(8, 8);
    concurrency.halve(NOW, NOW);
    concurrency.halve(after(120), after(120));
    assertThat(concurrency.allowed()).as("half of six").isEqualTo(3);
  }

  @Test
  void queriesLeaveOneByOneUntilThen() {
    ConcurrencyLimit concurrency = new ConcurrencyLimit(4, 4);
    assertThat(concurrency.oneByOneFor(NOW)).isEqualTo(Duration.ZERO);
    concurrency.oneByOne(after(10));
    concurrency.oneByOne(after(5));
    assertThat(concurrency.oneByOneFor(NOW)).isEqualTo(Duration.ofSeconds(10));
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, NOW)).isTrue();
    concurrency.enter(ApiResource.GRAPHQL);
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, after(9))).isFalse();
    assertThat(concurrency.isFree(ApiResource.CORE, after(9))).isTrue();
    assertThat(concurrency.isFree(ApiResource.GRAPHQL, after(10))).isTrue();
    assertThat(concurrency.oneByOneFor(after(10))).isEqualTo(Duration.ZERO);
    assertThat(concurrency.oneByOneFor(after(11))).isEqualTo(Duration.ZERO);
  }
}
