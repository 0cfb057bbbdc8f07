package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RateGateTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private double random;
  private final RandomGenerator chance =
      new RandomGenerator() {
        @Override
        public long nextLong() {
          return 0;
        }

        @Override
        public double nextDouble() {
          return random;
        }
      };
  private final RateGate gate = new RateGate(time, chance);

  @Test
  void nothingSaidMeansNoLimitAndNoQuota() {
    for (int i = 0; i < 1000; i++) {
      gate.acquire(1_000_000);
    }
    assertThat(gate.quota()).isNull();
  }

  @Test
  void noRequestLeavesThatWouldTakeTheQuotaBelowTheReserve() {
    answered(12, 100);
    gate.acquire(10);
    gate.acquire(10);
    RateLimitedException refusal = refusal(10);
    assertThat(refusal).matches(RateLimitedException::isReserve);
    assertThat(refusal.until()).isEqualTo(time.now().plusSeconds(100));
    assertThat(refusal).hasMessageContaining("12 of GitHub's 5000").hasMessageContaining("10 of");
  }

  @Test
  void requestsUnderWayCountAsSpent() {
    answered(3, 100);
    gate.acquire(0);
    gate.acquire(0);
    gate.acquire(0);
    assertThat(gate.isOpen(0)).isFalse();
    gate.abandon();
    assertThat(gate.isOpen(0)).isTrue();
  }

  @Test
  void aSpentQuotaIsThePrimaryLimitUntilReset() {
    answered(0, 100);
    assertThat(refusal(0)).matches(RateLimitedException::isPrimary);
    assertThat(refusal(0).until()).isEqualTo(time.now().plusSeconds(100));
    time.advance(Duration.ofSeconds(99));
    assertThat(gate.isOpen(0)).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(gate.isOpen(0)).isTrue();
  }

  @Test
  void aLateAnswerDoesNotGiveQuotaBack() {
    answered(40, 100);
    answered(42, 100);
    assertThat(remaining()).isEqualTo(40);
    answered(39, 101);
    assertThat(remaining()).as("the same window, told a second apart").isEqualTo(39);
    answered(70, 101);
    assertThat(remaining()).isEqualTo(39);
  }

  @Test
  void anAnswerOfAnEarlierWindowIsForgotten() {
    answered(5000, 3600);
    answered(3, 100);
    assertThat(remaining()).isEqualTo(5000);
  }

  @Test
  void aNewWindowGivesTheQuotaBack() {
    answered(3, 100);
    answered(4999, 3700);
    assertThat(remaining()).isEqualTo(4999);
  }

  @Test
  void afterResetOneRequestFindsOutWhateverTheReserve() {
    answered(0, 100);
    time.advance(Duration.ofSeconds(100));
    gate.acquire(5000);
    assertThat(gate.isOpen(5000)).isFalse();
    assertThat(gate.isOpen(10)).isTrue();
  }

  @Test
  void aSecondaryLimitClosesTheGateForEverybodyUntilItsTime() {
    answered(4000, 3600);
    RateGate.Permit permit = gate.acquire(0);
    limited(permit, time.now().plusSeconds(37));
    RateLimitedException refusal = refusal(0);
    assertThat(refusal).matches(RateLimitedException::isSecondary);
    assertThat(refusal.until()).isEqualTo(time.now().plusSeconds(37));
    time.advance(Duration.ofSeconds(37));
    assertThat(gate.isOpen(0)).isTrue();
  }

  @Test
  void withoutATimeTheWaitDoublesFromAMinuteToAQuarterOfAnHour() {
    List<Duration> waits = new ArrayList<>();
    for (int hit = 1; hit <= 5; hit++) {
      waits.add(hit());
    }
    assertThat(waits).extracting(Duration::toSeconds).containsExactly(60L, 120L, 240L, 480L, 900L);
  }

  @Test
  void aWaitOfOurOwnIsSpreadByATenthAtMost() {
    random = 0.999;
    assertThat(hit()).isBetween(Duration.ofSeconds(65), Duration.ofSeconds(66));
  }

  @Test
  void aSuccessStartsTheLadderAgain() {
    hit();
    hit();
    gate.answered(gate.acquire(0), 200, null);
    assertThat(hit()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void aServerErrorDoesNotStartTheLadderAgain() {
    hit();
    gate.answered(gate.acquire(0), 502, null);
    assertThat(hit()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void requestsThatWereLimitedTogetherCountOnce() {
    List<RateGate.Permit> together =
        List.of(gate.acquire(0), gate.acquire(0), gate.acquire(0), gate.acquire(0));
    together.forEach(permit -> limited(permit, null));
    assertThat(refusal(0).until()).isEqualTo(time.now().plusSeconds(60));
    time.advance(Duration.ofSeconds(60));
    assertThat(hit()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void aRequestThatLeftBeforeTheLimitDoesNotEndItByItsSuccess() {
    RateGate.Permit slow = gate.acquire(0);
    hit();
    gate.answered(slow, 200, null);
    assertThat(hit()).isEqualTo(Duration.ofSeconds(120));
  }

  @Test
  void anyNumberOfLimitsInARowIsNoFailure() {
    for (int hit = 1; hit <= 100; hit++) {
      RuntimeException failure = limited(gate.acquire(0), null);
      assertThat(failure).isInstanceOf(RateLimitedException.class);
      assertThat(((RateLimitedException) failure).until())
          .isBeforeOrEqualTo(time.now().plus(RateGate.MAX_WAIT));
      assertThat(gate.isOpen(0)).isFalse();
      time.advance(Duration.ofMinutes(15));
    }
  }

  @Test
  void aNamedWaitDoublesWhileObeyingItDoesNotHelp() {
    List<Long> waits = new ArrayList<>();
    for (int hit = 1; hit <= 11; hit++) {
      waits.add(hit(Duration.ofSeconds(3)).toSeconds());
    }
    assertThat(waits).containsExactly(3L, 6L, 12L, 24L, 48L, 96L, 192L, 384L, 768L, 900L, 900L);
    gate.answered(gate.acquire(0), 200, null);
    assertThat(hit(Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void aNamedWaitThatIsLongIsObeyedAsItIs() {
    hit(Duration.ofSeconds(3));
    assertThat(hit(Duration.ofMinutes(40))).isEqualTo(Duration.ofMinutes(40));
  }

  @Test
  void aQuotaThatStaysSpentAfterItsResetIsAskedForLessAndLess() {
    List<Long> waits = new ArrayList<>();
    for (int hit = 1; hit <= 5; hit++) {
      Instant now = time.now();
      RateLimitSignal signal = new RateLimitSignal(LimitKind.PRIMARY, now.plusSeconds(1));
      Duration wait =
          Duration.between(now, gate.limited(gate.acquire(0), signal, null, "").until());
      waits.add(wait.toSeconds());
      time.advance(wait);
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 16L);
  }

  @Test
  void aLimitOfLongAgoMakesNoWaitLonger() {
    hit();
    hit();
    time.advance(Duration.ofHours(2));
    assertThat(hit()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void ofEightThreadsThatKeepAskingOnlyThoseUnderWayMeetTheLimit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      RateGate.Permit first = gate.acquire(0);
      limited(first, time.now().plusSeconds(60));
      CountDownLatch start = new CountDownLatch(1);
      List<Future<Boolean>> results = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        results.add(
            threads.submit(
                () -> {
                  start.await();
                  boolean rest = false;
                  for (int n = 0; n < 1000; n++) {
                    try {
                      gate.acquire(0);
                      rest = true;
                    } catch (RateLimitedException e) {
                      // As it must be.
                    }
                  }
                  return rest;
                }));
      }
      start.countDown();
      for (Future<Boolean> rest : results) {
        assertThat(rest.get()).isFalse();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aShorterBlockDoesNotOpenALongerOne() {
    RateGate.Permit one = gate.acquire(0);
    RateGate.Permit two = gate.acquire(0);
    limited(one, time.now().plusSeconds(100));
    limited(two, time.now().plusSeconds(5));
    assertThat(refusal(0).until()).isEqualTo(time.now().plusSeconds(100));
  }

  @Test
  void aServerErrorIsAStatusOf500AndMore() {
    hit();
    assertThat(gate.answered(gate.acquire(0), 500, null)).isFalse();
    assertThat(gate.answered(gate.acquire(0), 499, null)).isTrue();
  }

  @Test
  void refusalsEndOnceAndWithARequestThatLeftAfterThem() {
    RateGate.Permit slow = gate.acquire(0);
    assertThat(gate.answered(gate.acquire(0), 200, null)).as("none in a row").isFalse();
    hit();
    assertThat(gate.answered(slow, 200, null)).isFalse();
    assertThat(gate.answered(gate.acquire(0), 200, null)).isTrue();
    assertThat(gate.answered(gate.acquire(0), 200, null)).isFalse();
  }

  @Test
  void onlyALimitThatNobodyHasMetIsNews() {
    RateGate.Permit first = gate.acquire(0);
    RateGate.Permit second = gate.acquire(0);
    assertThat(gate.isNew(first)).isTrue();
    limited(first, time.now().plusSeconds(10));
    assertThat(gate.isNew(second)).isFalse();
    gate.adopt(new RateGate.Block(time.now().plusSeconds(100), LimitKind.SECONDARY, 1));
    assertThat(gate.isNew(second)).as("nor after another process has met one").isFalse();
  }

  @Test
  void aLimitThatIsToldLateIsNotCountedFromThen() {
    RateGate.Permit first = gate.acquire(0);
    RateGate.Permit second = gate.acquire(0);
    limited(first, null);
    Instant until = refusal(0).until();
    time.advance(Duration.ofSeconds(10));
    limited(second, null);
    assertThat(refusal(0).until()).isEqualTo(until);
  }

  @Test
  void aLimitSaysWhichTimeInARowItIs() {
    hit();
    RateLimitedException second =
        (RateLimitedException) limited(gate.acquire(0), time.now().plusSeconds(1));
    assertThat(second).hasMessageContaining("refusal 2 in a row");
    time.advance(Duration.ofHours(2));
    assertThat(limited(gate.acquire(0), null).getMessage()).doesNotContain("in a row");
  }

  @Test
  void anAnswerWithALimitTellsTheQuotaToo() {
    answered(3, 100);
    QuotaHeaders stated =
        new QuotaHeaders(100, new Quota("core", 5000, 2, time.now().plusSeconds(100)));
    gate.limited(gate.acquire(0), new RateLimitSignal(LimitKind.SECONDARY, null), stated, "");
    assertThat(remaining()).isEqualTo(2);
    assertThat(gate.available()).as("nothing is under way").isEqualTo(2);
  }

  @Test
  void whatIsLeftIsWhatNoRequestUnderWayTakes() {
    assertThat(gate.available()).isEqualTo(Long.MAX_VALUE);
    answered(12, 100);
    gate.acquire(0);
    assertThat(gate.available()).isEqualTo(11);
    time.advance(Duration.ofSeconds(100));
    assertThat(gate.available()).as("a new window").isEqualTo(4999);
  }

  @Test
  void aNewWindowIsUnaskedUntilARequestIsUnderWay() {
    assertThat(gate.isWindowUnknown()).isFalse();
    answered(12, 100);
    time.advance(Duration.ofSeconds(99));
    assertThat(gate.isWindowUnknown()).isFalse();
    time.advance(Duration.ofSeconds(1));
    assertThat(gate.isWindowUnknown()).isTrue();
    gate.acquire(0);
    assertThat(gate.isWindowUnknown()).isFalse();
  }

  @Test
  void aWindowIsTheSameWhenItsEndDiffersByASecond() {
    answered(40, 100);
    answered(42, 101);
    assertThat(remaining()).isEqualTo(40);
    assertThat(gate.quota().resetAt()).as("the earlier end").isEqualTo(time.now().plusSeconds(100));
    answered(39, 100);
    assertThat(remaining()).isEqualTo(39);
    assertThat(gate.quota().resetAt()).isEqualTo(time.now().plusSeconds(100));
    answered(38, 99);
    assertThat(remaining()).as("two seconds apart: an earlier window").isEqualTo(39);
  }

  @Test
  void aLimitOfAnotherProcessClosesTheGate() {
    gate.adopt(new RateGate.Block(time.now().plusSeconds(50), LimitKind.PRIMARY, 3));
    RateLimitedException refusal = refusal(0);
    assertThat(refusal).matches(RateLimitedException::isPrimary);
    assertThat(refusal.until()).isEqualTo(time.now().plusSeconds(50));
    assertThat(refusal).hasMessageContaining("Another process has met this limit");
    assertThat(gate.block())
        .isEqualTo(new RateGate.Block(time.now().plusSeconds(50), LimitKind.PRIMARY, 3));
  }

  @Test
  void aLimitIsAnotherOneWhenItEndsMoreThanASecondLater() {
    assertThat(gate.block()).isNull();
    Instant until = time.now().plusSeconds(50);
    limited(gate.acquire(0), until);
    gate.adopt(new RateGate.Block(until.plusSeconds(1), LimitKind.PRIMARY, 7));
    assertThat(gate.block()).isEqualTo(new RateGate.Block(until, LimitKind.SECONDARY, 1));
    gate.adopt(new RateGate.Block(until.plusMillis(1001), LimitKind.PRIMARY, 7));
    assertThat(gate.block())
        .isEqualTo(new RateGate.Block(until.plusMillis(1001), LimitKind.PRIMARY, 7));
    gate.adopt(new RateGate.Block(until.plusSeconds(60), LimitKind.PRIMARY, 2));
    assertThat(gate.block()).extracting(RateGate.Block::refusals).as("the larger").isEqualTo(7);
  }

  @Test
  void ofALimitThatIsOverOnlyTheRefusalsCount() {
    gate.adopt(new RateGate.Block(time.now(), LimitKind.SECONDARY, 2));
    assertThat(gate.isOpen(0)).isTrue();
    assertThat(hit()).as("the third in a row").isEqualTo(Duration.ofSeconds(240));
    time.advance(Duration.ofSeconds(10));
    gate.adopt(new RateGate.Block(time.now(), LimitKind.PRIMARY, 9));
    assertThat(gate.block()).extracting(RateGate.Block::refusals).isEqualTo(3);
  }

  @Test
  void aLimitOfAnHourAgoMakesNoWaitLonger() {
    hit();
    time.advance(RateGate.MEMORY.minusNanos(1));
    assertThat(hit()).isEqualTo(Duration.ofSeconds(120));
    time.advance(RateGate.MEMORY);
    assertThat(hit()).isEqualTo(Duration.ofSeconds(60));
  }

  /** Meets the secondary limit without a time, waits as told, and says how long that was. */
  private Duration hit() {
    Instant now = time.now();
    RuntimeException failure = limited(gate.acquire(0), null);
    assertThat(failure).isInstanceOf(RateLimitedException.class);
    Duration wait = Duration.between(now, ((RateLimitedException) failure).until());
    time.advance(wait);
    return wait;
  }

  /** Meets a limit that names its time, waits as told, and returns how long that was. */
  private Duration hit(Duration named) {
    Instant now = time.now();
    RateLimitedException failure = (RateLimitedException) limited(gate.acquire(0), now.plus(named));
    Duration wait = Duration.between(now, failure.until());
    time.advance(wait);
    return wait;
  }

  private RuntimeException limited(RateGate.Permit permit, Instant until) {
    return gate.limited(permit, new RateLimitSignal(LimitKind.SECONDARY, until), null, "");
  }

  private void answered(long remaining, long secondsToReset) {
    gate.answered(
        gate.acquire(0),
        200,
        new QuotaHeaders(
            secondsToReset,
            new Quota("core", 5000, remaining, time.now().plusSeconds(secondsToReset))));
  }

  private RateLimitedException refusal(long reserve) {
    assertThatThrownBy(() -> gate.acquire(reserve)).isInstanceOf(RateLimitedException.class);
    return catchThrowableOfType(RateLimitedException.class, () -> gate.acquire(reserve));
  }

  private long remaining() {
    Quota quota = gate.quota();
    assertThat(quota).isNotNull();
    return quota.remaining();
  }
}
