package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Suspension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whose failure it is when one target after the other fails. */
class CircuitBreakerDecisionsTest {

  private final ManagerFixture fixture = new ManagerFixture();
  private final CircuitBreaker breaker =
      new CircuitBreaker(fixture.jobUpdater(), ManagerRules.Breaker.DEFAULT);

  private boolean failed(String target, Reason reason) {
    return breaker.failed(
        fixture.key(target), new PermanentFailureException(reason, "a test", null));
  }

  private boolean unreachable(String target) {
    return breaker.failed(fixture.key(target), new TransientFailureException("502", null));
  }

  private @Nullable Suspension rest() {
    List<Suspension> suspensions = fixture.jobs.suspensions();
    return suspensions.isEmpty() ? null : suspensions.get(0);
  }

  private JobStatistics.Circuit state() {
    return breaker.state(new SuspensionCache(fixture.jobs));
  }

  private void suspend(String actor, Duration rest, int times) {
    Instant now = fixture.time.now();
    fixture.jobs.suspend(
        new Suspension(Suspension.WORK, "a test", actor, now, now.plus(rest), times));
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void onlyWhatSeveralTargetsCanHaveInCommonStopsAllWork(Reason reason) {
    boolean common =
        List.of(
                Reason.BAD_CREDENTIALS,
                Reason.FORBIDDEN,
                Reason.UNTRUSTED_ADDRESS,
                Reason.STORE_REFUSED,
                Reason.NOT_INSTALLED,
                Reason.UNEXPECTED)
            .contains(reason);
    for (int target = 1; target < 5; target++) {
      assertThat(failed("a/" + target, reason)).isFalse();
    }
    assertThat(failed("a/5", reason)).isEqualTo(common);
    assertThat(state())
        .isEqualTo(common ? JobStatistics.Circuit.OPEN : JobStatistics.Circuit.CLOSED);
  }

  @Test
  void aLimitStopsNothing() {
    BackfillException limited =
        RateLimitedException.primary(fixture.time.now().plusSeconds(60), "limited");
    for (int target = 0; target < 10; target++) {
      assertThat(breaker.failed(fixture.key("a/" + target), limited)).isFalse();
    }
    assertThat(rest()).isNull();
  }

  @Test
  void oneTargetThatFailsFiveTimesStopsNothing() {
    for (int times = 0; times < 5; times++) {
      assertThat(unreachable("a/b")).isFalse();
    }
    assertThat(rest()).isNull();
  }

  @Test
  void anotherFailureOrASliceThatWorksBeginsTheCountAgain() {
    for (int target = 0; target < 4; target++) {
      unreachable("a/" + target);
    }
    failed("b/0", Reason.BAD_CREDENTIALS);
    for (int target = 0; target < 4; target++) {
      assertThat(unreachable("a/" + target)).isFalse();
    }
    breaker.worked();
    assertThat(unreachable("a/4")).isFalse();
    assertThat(rest()).isNull();
  }

  @Test
  void anOpenBreakerSharesAFailureAndProlongsNothing() {
    suspend(Suspension.AUTOMATIC, Duration.ofMinutes(1), 1);
    Suspension before = rest();
    assertThat(unreachable("a/b")).isTrue();
    assertThat(rest()).isEqualTo(before);
  }

  @Test
  void theTryAfterAnOpenBreakerShowsIfAllFailOrOne() {
    for (Reason reason : List.of(Reason.BAD_CREDENTIALS, Reason.FORBIDDEN, Reason.UNEXPECTED)) {
      suspend(Suspension.AUTOMATIC, Duration.ZERO, 1);
      assertThat(state()).isEqualTo(JobStatistics.Circuit.HALF_OPEN);
      assertThat(failed("a/b", reason)).isEqualTo(reason == Reason.BAD_CREDENTIALS);
      assertThat(rest().times()).isEqualTo(2);
      assertThat(rest().until()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(2)));
    }
  }

  @Test
  void workRestsForHalfAnHourAtMost() {
    suspend(Suspension.AUTOMATIC, Duration.ZERO, 4);
    unreachable("a/b");
    assertThat(rest().until()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(16)));
    assertThat(rest().reason()).isEqualTo("UNREACHABLE: 502");
    suspend(Suspension.AUTOMATIC, Duration.ZERO, 5);
    unreachable("a/b");
    assertThat(rest().until()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(30)));
    suspend(Suspension.AUTOMATIC, Duration.ZERO, 1_000);
    unreachable("a/b");
    assertThat(rest().until()).isEqualTo(fixture.time.now().plus(Duration.ofMinutes(30)));
  }

  @Test
  void aRestOfMoreThanHalfAnHourWasWrittenByAWrongClock() {
    suspend(Suspension.AUTOMATIC, Duration.ofMinutes(30), 1);
    assertThat(state()).isEqualTo(JobStatistics.Circuit.OPEN);
    suspend(Suspension.AUTOMATIC, Duration.ofMinutes(30).plusMillis(1), 1);
    assertThat(state()).isEqualTo(JobStatistics.Circuit.HALF_OPEN);
    suspend("ann", Duration.ofDays(1), 1);
    assertThat(state()).as("a person's own").isEqualTo(JobStatistics.Circuit.OPEN);
  }

  @Test
  void aSuccessClosesTheBreakerButNoUsersSuspension() {
    suspend(Suspension.AUTOMATIC, Duration.ofMinutes(1), 1);
    breaker.worked();
    assertThat(rest()).isNull();
    suspend("ann", Duration.ofMinutes(1), 1);
    breaker.worked();
    assertThat(rest()).isNotNull();
  }
}
