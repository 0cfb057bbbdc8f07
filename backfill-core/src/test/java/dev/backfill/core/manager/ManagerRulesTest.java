package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Priority;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ends of what the rules of a manager may be, and what follows from them. */
class ManagerRulesTest {

  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration LESS = MINUTE.minusNanos(1);
  private static final Duration NEGATIVE = Duration.ofNanos(-1);

  private static void refused(ThrowingCallable rules) {
    assertThatThrownBy(rules).isInstanceOf(InvalidConfigurationException.class);
  }

  @Test
  void eachChangeKeepsTheOtherRules() {
    ManagerRules.Fairness fairness =
        new ManagerRules.Fairness(
            MINUTE, MINUTE, SliceLimits.UNLIMITED, SliceLimits.UNLIMITED.withMaxChunks(3));
    ManagerRules.Retries retries = new ManagerRules.Retries(MINUTE, MINUTE, 0, MINUTE);
    ManagerRules.Breaker breaker = new ManagerRules.Breaker(2, MINUTE, MINUTE);
    ManagerRules.Dispatches dispatches = new ManagerRules.Dispatches(MINUTE, MINUTE, 1, 0, MINUTE);
    ManagerRules.Sync sync = new ManagerRules.Sync(MINUTE, MINUTE);

    assertThat(
            ManagerRules.DEFAULT
                .withFairness(fairness)
                .withRetries(retries)
                .withBreaker(breaker)
                .withDispatches(dispatches)
                .withSync(sync))
        .isEqualTo(new ManagerRules(fairness, retries, breaker, dispatches, sync));
  }

  @Test
  void theMaxDelayIsThatOfAJitteredRetryOfAFailedJobOrOfASync() {
    ManagerRules rules =
        ManagerRules.DEFAULT
            .withRetries(new ManagerRules.Retries(MINUTE, MINUTE, 0, MINUTE))
            .withSync(null);
    assertThat(rules.maxDelay()).isEqualTo(MINUTE.multipliedBy(2));
    Duration hour = Duration.ofHours(1);
    assertThat(rules.withSync(new ManagerRules.Sync(MINUTE, hour)).maxDelay()).isEqualTo(hour);
    assertThat(
            rules
                .withRetries(new ManagerRules.Retries(MINUTE, MINUTE, 0, hour.plus(MINUTE)))
                .maxDelay())
        .isEqualTo(hour.plus(MINUTE));
  }

  @Test
  void aBreakerTakesTwoTargetsAndRestsThatDoNotShrink() {
    assertThat(new ManagerRules.Breaker(2, MINUTE, MINUTE).targets()).isEqualTo(2);
    refused(() -> new ManagerRules.Breaker(1, MINUTE, MINUTE));
    refused(() -> new ManagerRules.Breaker(2, Duration.ZERO, MINUTE));
    refused(() -> new ManagerRules.Breaker(2, NEGATIVE, MINUTE));
    refused(() -> new ManagerRules.Breaker(2, MINUTE, LESS));
  }

  @Test
  void retriesMayBeNoneAndAllDelaysTheSame() {
    assertThat(new ManagerRules.Retries(MINUTE, MINUTE, 0, Duration.ofNanos(1)).attempts())
        .isZero();
    refused(() -> new ManagerRules.Retries(Duration.ZERO, MINUTE, 1, MINUTE));
    refused(() -> new ManagerRules.Retries(NEGATIVE, MINUTE, 1, MINUTE));
    refused(() -> new ManagerRules.Retries(MINUTE, LESS, 1, MINUTE));
    refused(() -> new ManagerRules.Retries(MINUTE, MINUTE, -1, MINUTE));
    refused(() -> new ManagerRules.Retries(MINUTE, MINUTE, 1, Duration.ZERO));
    refused(() -> new ManagerRules.Retries(MINUTE, MINUTE, 1, NEGATIVE));
  }

  /** A generator of one number, as a share of all. */
  private static RandomGenerator always(double share) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new UnsupportedOperationException();
      }

      @Override
      public double nextDouble() {
        return share;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0.5, 60000",
    "1, 0, 48000",
    "1, 0.75, 66000",
    "2, 0.5, 120000",
    "6, 0.5, 1920000",
    "7, 0.5, 3600000",
    "1000, 0.5, 3600000",
  })
  void delaysDoubleUpToTheLongestAndVaryByAFifth(int failures, double share, long millis) {
    assertThat(ManagerRules.Retries.DEFAULT.delay(failures, always(share)).toMillis())
        .isBetween(millis - 1, millis);
  }

  @Test
  void dispatchedJobsAreJudgedByAtLeastOneAndAnyShare() {
    assertThat(new ManagerRules.Dispatches(MINUTE, MINUTE, 1, 0, MINUTE).minSample()).isEqualTo(1);
    assertThat(new ManagerRules.Dispatches(MINUTE, MINUTE, 8, 1, MINUTE).minSample()).isEqualTo(2);
    refused(() -> new ManagerRules.Dispatches(Duration.ZERO, MINUTE, 1, 0, MINUTE));
    refused(() -> new ManagerRules.Dispatches(NEGATIVE, MINUTE, 1, 0, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, Duration.ZERO, 1, 0, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, MINUTE, 0, 0, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, MINUTE, 1, -0.1, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, MINUTE, 1, 1.1, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, MINUTE, 1, Double.NaN, MINUTE));
    refused(() -> new ManagerRules.Dispatches(MINUTE, MINUTE, 1, 0, Duration.ZERO));
  }

  @Test
  void fairnessMayMakeNoDifferenceBetweenJobs() {
    ManagerRules.Fairness normal = ManagerRules.Fairness.DEFAULT;
    ManagerRules.Fairness none =
        new ManagerRules.Fairness(Duration.ZERO, Duration.ZERO, normal.first(), normal.further());
    assertThat(none.order(Priority.SCHEDULED, Instant.EPOCH, true)).isEqualTo(Instant.EPOCH);
    refused(() -> new ManagerRules.Fairness(NEGATIVE, MINUTE, normal.first(), normal.further()));
    refused(() -> new ManagerRules.Fairness(MINUTE, NEGATIVE, normal.first(), normal.further()));
  }

  @Test
  void eachPriorityIsAStepLaterAndNewcomersComeEarlier() {
    ManagerRules.Fairness rules = ManagerRules.Fairness.DEFAULT;
    assertThat(rules.order(Priority.MANUAL, Instant.EPOCH, false)).isEqualTo(Instant.EPOCH);
    assertThat(rules.order(Priority.SCHEDULED, Instant.EPOCH, false))
        .isEqualTo(Instant.EPOCH.plus(Duration.ofMinutes(30)));
    assertThat(rules.order(Priority.TRACKED, Instant.EPOCH, true))
        .isEqualTo(Instant.EPOCH.minus(Duration.ofMinutes(50)));
  }

  @Test
  void syncsMayComeAtOneIntervalOnly() {
    assertThat(new ManagerRules.Sync(MINUTE, MINUTE).now(1_000, 1, null)).isEqualTo(MINUTE);
    refused(() -> new ManagerRules.Sync(NEGATIVE, MINUTE));
    refused(() -> new ManagerRules.Sync(MINUTE, LESS));
  }
}
