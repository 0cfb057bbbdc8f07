package dev.backfill.github.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class LanesTest {

  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static Instant after(long seconds) {
    return NOW.plusSeconds(seconds);
  }

  private static int allowed(Lanes lanes, Instant at) {
    lanes.isFree(ApiResource.CORE, at);
    return lanes.allowed();
  }

  @Test
  void noMoreAreUnderWayThanAreAllowed() {
    Lanes lanes = new Lanes(2, 2);
    lanes.enter(ApiResource.CORE);
    assertThat(lanes.isFree(ApiResource.CORE, NOW)).isTrue();
    lanes.enter(ApiResource.CORE);
    assertThat(lanes.isFree(ApiResource.CORE, NOW)).isFalse();
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    assertThat(lanes.inUse()).isEqualTo(2);
    lanes.leave(ApiResource.CORE);
    assertThat(lanes.isFree(ApiResource.CORE, NOW)).isTrue();
    assertThat(lanes.inUse()).isEqualTo(1);
  }

  @Test
  void queriesHaveALimitOfTheirOwn() {
    Lanes lanes = new Lanes(4, 2);
    lanes.enter(ApiResource.CORE);
    lanes.enter(ApiResource.GRAPHQL);
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).as("REST counts for nothing").isTrue();
    lanes.enter(ApiResource.GRAPHQL);
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    assertThat(lanes.isFree(ApiResource.CORE, NOW)).isTrue();
    lanes.leave(ApiResource.CORE);
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).isFalse();
    lanes.leave(ApiResource.GRAPHQL);
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).isTrue();
  }

  @Test
  void eachLimitHalvesDownToOne() {
    Lanes lanes = new Lanes(5, 5);
    lanes.halve(NOW, NOW);
    assertThat(lanes.allowed()).isEqualTo(2);
    lanes.halve(NOW, NOW);
    assertThat(lanes.allowed()).isEqualTo(1);
    lanes.halve(NOW, NOW);
    assertThat(lanes.allowed()).isEqualTo(1);
  }

  @Test
  void eachMinuteAfterTheLimitsEndAllowsOneMore() {
    Lanes lanes = new Lanes(4, 4);
    lanes.halve(NOW, after(30));
    assertThat(allowed(lanes, after(89))).isEqualTo(2);
    assertThat(allowed(lanes, after(90))).isEqualTo(3);
    assertThat(allowed(lanes, after(149))).isEqualTo(3);
    assertThat(allowed(lanes, after(150))).isEqualTo(4);
    assertThat(allowed(lanes, after(3600))).as("never more than was chosen").isEqualTo(4);
  }

  @Test
  void whatCameBackBeforeTheNextLimitCounts() {
    Lanes lanes = new Lanes(8, 8);
    lanes.halve(NOW, NOW);
    lanes.halve(after(120), after(120));
    assertThat(lanes.allowed()).as("half of six").isEqualTo(3);
  }

  @Test
  void queriesLeaveOneByOneUntilThen() {
    Lanes lanes = new Lanes(4, 4);
    assertThat(lanes.oneByOneFor(NOW)).isEqualTo(Duration.ZERO);
    lanes.oneByOne(after(10));
    lanes.oneByOne(after(5));
    assertThat(lanes.oneByOneFor(NOW)).isEqualTo(Duration.ofSeconds(10));
    assertThat(lanes.isFree(ApiResource.GRAPHQL, NOW)).isTrue();
    lanes.enter(ApiResource.GRAPHQL);
    assertThat(lanes.isFree(ApiResource.GRAPHQL, after(9))).isFalse();
    assertThat(lanes.isFree(ApiResource.CORE, after(9))).isTrue();
    assertThat(lanes.isFree(ApiResource.GRAPHQL, after(10))).isTrue();
    assertThat(lanes.oneByOneFor(after(10))).isEqualTo(Duration.ZERO);
    assertThat(lanes.oneByOneFor(after(11))).isEqualTo(Duration.ZERO);
  }
}
