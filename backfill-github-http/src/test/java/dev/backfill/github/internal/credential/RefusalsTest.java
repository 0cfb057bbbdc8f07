package dev.backfill.github.internal.credential;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.throttle.Principal;
import dev.backfill.github.internal.throttle.ThrottleLimits;
import dev.backfill.testkit.ManualTimeSource;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RefusalsTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final Refusals refusals = new Refusals();
  private final Principal ann = principal();
  private final Credential first = new Credential("first", null, ann);
  private final Credential second = new Credential("second", null, ann);
  private final Credential third = new Credential("third", null, principal());

  private Principal principal() {
    return new Principal(time, new Random(1), new ThrottleLimits(1, 1, 900, 900));
  }

  private RateLimitedException limit(int seconds) {
    return RateLimitedException.secondary(time.now().plusSeconds(seconds), "wait");
  }

  @Test
  void aRefusedCredentialAloneIsTriedNoMore() {
    refusals.add(first, new IllegalStateException("refused"));
    assertThat(refusals.has(first)).isTrue();
    assertThat(refusals.has(second)).isFalse();
  }

  @Test
  void aLimitIsOneOfAllCredentialsOfItsPrincipal() {
    refusals.limited(ann, limit(5));
    assertThat(refusals.has(first)).isTrue();
    assertThat(refusals.has(second)).isTrue();
    assertThat(refusals.has(third)).isFalse();
  }

  @Test
  void aRequestGoesOutOnceMoreWithTheSameCredential() {
    assertThat(refusals.pollRetry()).isNull();
    assertThat(refusals.repeat(first)).isTrue();
    assertThat(refusals.pollRetry()).isSameAs(first);
    assertThat(refusals.pollRetry()).isNull();
    assertThat(refusals.repeat(first)).isFalse();
    assertThat(refusals.pollRetry()).isNull();
    assertThat(refusals.repeat(second)).isTrue();
  }

  @Test
  void theFirstLimitToEndIsTold() {
    RateLimitedException met = limit(10);
    refusals.add(first, new IllegalStateException("refused"));
    refusals.limited(ann, met);
    refusals.limited(third.principal(), limit(20));
    RateLimitedException sooner = limit(9);
    assertThat(refusals.failure(null)).isSameAs(met);
    assertThat(refusals.failure(sooner)).isSameAs(sooner);
    assertThat(refusals.failure(limit(10))).as("GitHub's own word").isSameAs(met);
    assertThat(refusals.failure(limit(11))).isSameAs(met);
  }

  @Test
  void aFailureThatPassesIsToldBeforeAnyLimit() {
    TransientFailureException passing = new TransientFailureException("try again", null);
    refusals.limited(ann, limit(10));
    refusals.add(third, passing);
    assertThat(refusals.failure(limit(1))).isSameAs(passing);
  }

  @Test
  void withoutALimitTheLastRefusalIsTold() {
    assertThat(refusals.failure(null)).hasMessageContaining("no credential");
    IllegalStateException last = new IllegalStateException("two");
    refusals.add(first, new IllegalStateException("one"));
    refusals.add(second, last);
    assertThat(refusals.failure(null)).isSameAs(last);
  }
}
