package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrincipalTest {

  private static final SharedLimit NOTHING =
      new SharedLimit(Duration.ZERO, "secondary rate limit", 0, null, Duration.ZERO);

  private final ManualTimeSource time = new ManualTimeSource();
  private final Principal principal = principal();

  private Principal principal() {
    return new Principal(time, new Random(1), new ThrottleLimits(4, 3, 100, 50));
  }

  private void send(ApiResource resource, int times) {
    for (int i = 0; i < times; i++) {
      principal.enter(resource, 1, 0);
      principal.concurrency().leave(resource);
      principal.gate(resource).abandon();
    }
  }

  private RateLimitedException limited(ApiResource resource, LimitKind kind, int seconds) {
    RateGate.Permit permit = principal.gate(resource).acquire(0);
    RateLimitSignal signal = new RateLimitSignal(kind, time.now().plusSeconds(seconds));
    return principal.gate(resource).limited(permit, signal, null, "");
  }

  private static SharedLimit stored(
      int seconds, String reason, int refusals, Integer points, Duration age, int oneByOne) {
    return new SharedLimit(
        Duration.ofSeconds(seconds), reason, refusals, points, Duration.ofSeconds(oneByOne), age);
  }

  @Test
  void keysAreAddedOnceEachAndInOrder() {
    principal.knownAs(List.of("a", "b"), List.of("w"));
    principal.knownAs(List.of("b", "c"), List.of("w", "x"));
    assertThat(principal.keysToRead()).containsExactly("a", "b", "c");
    assertThat(principal.keysToWrite()).containsExactly("w", "x");
  }

  @Test
  void withoutALimitNothingIsShared() {
    assertThat(principal.shared(ApiResource.CORE)).isEqualTo(NOTHING);
    assertThat(principal.shared(ApiResource.GRAPHQL)).isEqualTo(NOTHING);
  }

  @Test
  void aLimitIsSharedAsItIsNow() {
    limited(ApiResource.CORE, LimitKind.SECONDARY, 30);
    time.advance(Duration.ofSeconds(10));
    assertThat(principal.shared(ApiResource.CORE))
        .isEqualTo(
            new SharedLimit(
                Duration.ofSeconds(20), "secondary rate limit", 1, null, Duration.ZERO));
    assertThat(principal.shared(ApiResource.GRAPHQL)).isEqualTo(NOTHING);
    time.advance(Duration.ofSeconds(30));
    assertThat(principal.shared(ApiResource.CORE))
        .as("it is over")
        .isEqualTo(new SharedLimit(Duration.ZERO, "secondary rate limit", 1, null, Duration.ZERO));
  }

  @Test
  void aSpentQuotaIsSharedAsOne() {
    limited(ApiResource.GRAPHQL, LimitKind.PRIMARY, 30);
    assertThat(principal.shared(ApiResource.GRAPHQL))
        .isEqualTo(
            new SharedLimit(Duration.ofSeconds(30), "primary rate limit", 1, null, Duration.ZERO));
  }

  @Test
  void aSlowDownIsSharedWithItsPoints() {
    send(ApiResource.GRAPHQL, 40);
    principal.slowDown(ApiResource.GRAPHQL, time.now().plusSeconds(20), true);
    SharedLimit shared = principal.shared(ApiResource.GRAPHQL);
    assertThat(shared.pointsPerMinute()).isEqualTo(30);
    assertThat(shared.oneByOne()).isEqualTo(Principal.ONE_BY_ONE.plusSeconds(20));
    assertThat(principal.shared(ApiResource.CORE)).as("of queries alone").isEqualTo(NOTHING);
    assertThat(principal.concurrency().allowed()).isEqualTo(2);
    principal.enter(ApiResource.GRAPHQL, 1, 0);
    assertThat(principal.isFree(ApiResource.GRAPHQL)).as("one by one").isFalse();
    assertThat(principal.isFree(ApiResource.CORE)).isTrue();
  }

  @Test
  void aSlowDownOfRestLetsQueriesGoOnSideBySide() {
    principal.slowDown(ApiResource.CORE, time.now().plusSeconds(20), true);
    principal.enter(ApiResource.GRAPHQL, 1, 0);
    assertThat(principal.isFree(ApiResource.GRAPHQL)).isTrue();
    principal.enter(ApiResource.GRAPHQL, 1, 0);
    assertThat(principal.isFree(ApiResource.CORE)).as("half of four").isFalse();
  }

  @Test
  void whatOthersHaveMetIsTakenOver() {
    principal.knownAs(List.of("mine"), List.of());
    SharedLimit core = stored(30, "primary rate limit", 2, null, Duration.ZERO, 500);
    SharedLimit queries = stored(40, "anything else", 3, 30, Duration.ofMinutes(1), 100);
    principal.adopt(
        Map.of(
            "mine",
            Map.of("core", core, "graphql", queries),
            "another",
            Map.of("core", stored(3000, "", 1, 1, Duration.ZERO, 0))));
    assertThat(principal.shared(ApiResource.CORE))
        .isEqualTo(
            new SharedLimit(Duration.ofSeconds(30), "primary rate limit", 2, null, Duration.ZERO));
    assertThat(principal.shared(ApiResource.GRAPHQL))
        .as("a minute has given half as much again")
        .isEqualTo(
            new SharedLimit(
                Duration.ofSeconds(40), "secondary rate limit", 3, 45, Duration.ofSeconds(100)));
  }

  @Test
  void whatIsStoredOfNoneOfItsKeysIsLeftOut() {
    principal.knownAs(List.of("mine"), List.of("written"));
    SharedLimit limit = stored(30, "", 2, 30, Duration.ZERO, 100);
    principal.adopt(Map.of("written", Map.of("core", limit), "mine", Map.of("search", limit)));
    assertThat(principal.shared(ApiResource.CORE)).isEqualTo(NOTHING);
    assertThat(principal.shared(ApiResource.GRAPHQL)).isEqualTo(NOTHING);
  }

  @Test
  void aWaitOfAnotherProcessIsRoundedUp() {
    principal.knownAs(List.of("mine"), List.of());
    SharedLimit limit = new SharedLimit(Duration.ofMillis(30_001), "", 1, null, Duration.ZERO);
    principal.adopt(Map.of("mine", Map.of("core", limit)));
    assertThat(principal.shared(ApiResource.CORE).blocked()).isEqualTo(Duration.ofSeconds(31));
  }

  @ParameterizedTest
  @EnumSource(ApiResource.class)
  void aFullMinuteIsAWaitForItsResource(ApiResource resource) {
    int most = resource == ApiResource.CORE ? 100 : 50;
    send(resource, most - 1);
    assertThat(principal.refusal(resource, 1, 0)).isNull();
    send(resource, 1);
    assertThat(principal.sent()).isEqualTo(most);
    time.advance(Duration.ofSeconds(10));
    RateLimitedException refusal = principal.refusal(resource, 1, 0);
    assertThat(refusal).isNotNull();
    assertThat(refusal).matches(RateLimitedException::isSecondary);
    assertThat(refusal.until()).isEqualTo(time.now().plusSeconds(50));
    assertThat(refusal)
        .hasMessageContaining("The " + most + " points")
        .hasMessageNotContaining("as before");
  }

  @Test
  void aWaitForASlowerMinuteNamesItsReason() {
    send(ApiResource.CORE, 40);
    principal.slowDown(ApiResource.CORE, time.now(), true);
    RateLimitedException refusal = principal.refusal(ApiResource.CORE, 1, 0);
    assertThat(refusal)
        .isNotNull()
        .hasMessageContaining("The 30 points")
        .hasMessageContaining("as before");
  }

  @Test
  void theGateRefusesBeforeThePaceDoes() {
    Quota quota = new Quota("core", 5000, 5, time.now().plusSeconds(100));
    principal.gate(ApiResource.CORE).update(new QuotaHeaders(100, quota));
    RateLimitedException refusal = principal.refusal(ApiResource.CORE, 1, 5);
    assertThat(refusal).isNotNull();
    assertThat(refusal).matches(RateLimitedException::isReserve);
    assertThat(principal.refusal(ApiResource.CORE, 1, 4)).isNull();
  }

  @Test
  void aBusyServerLowersNoPoints() {
    send(ApiResource.CORE, 40);
    principal.slowDown(ApiResource.CORE, time.now(), false);
    assertThat(principal.shared(ApiResource.CORE).pointsPerMinute()).isNull();
    assertThat(principal.concurrency().allowed()).as("fewer at once all the same").isEqualTo(2);
  }
}
