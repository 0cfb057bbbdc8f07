package dev.backfill.github.internal.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PointBudgetTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private long now;

  private static long seconds(int seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  private static long millis(int millis) {
    return Duration.ofMillis(millis).toNanos();
  }

  private void send(PointBudget pace, int points) {
    for (int i = 0; i < points; i++) {
      pace.sent(1, now);
    }
  }

  private int after(PointBudget pace, int minutes) {
    now += minutes * MINUTE;
    pace.waitFor(1, now);
    return pace.limit();
  }

  @Test
  void aRefusalTakesAQuarterOfWhatWasUsed() {
    PointBudget pace = new PointBudget(ThrottleLimits.UNLIMITED);
    send(pace, 600);
    pace.refused(now, Duration.ofSeconds(3));
    assertThat(pace.limit()).isEqualTo(450);
    assertThat(pace.isSlowed()).isTrue();
    assertThat(pace.waitFor(1, now)).isEqualTo(Duration.ofMinutes(1));
  }

  /** Has a server refuse what was used twice, a minute apart. */
  private void refuseTwice(PointBudget pace, int points) {
    send(pace, points);
    pace.refused(now, Duration.ZERO);
    now += MINUTE;
    send(pace, points);
    pace.refused(now, Duration.ZERO);
  }

  @Test
  void afterOneRefusalPointsComeBackWithinMinutes() {
    PointBudget pace = new PointBudget(900);
    send(pace, 120);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).isEqualTo(90);
    assertThat(after(pace, 1)).isEqualTo(135);
    assertThat(after(pace, 5)).isEqualTo(900);
  }

  @Test
  void aRefusalAtAnotherUseConfirmsNothing() {
    PointBudget pace = new PointBudget(900);
    send(pace, 400);
    pace.refused(now, Duration.ZERO);
    now += MINUTE;
    send(pace, 200);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).isEqualTo(150);
    assertThat(after(pace, 1)).isEqualTo(225);
  }

  @Test
  void whatWasRefusedTwiceComesBackSlowly() {
    PointBudget pace = new PointBudget(900);
    refuseTwice(pace, 600);
    assertThat(pace.limit()).isEqualTo(450);
    assertThat(after(pace, 3)).as("nine tenths of what was refused").isEqualTo(540);
    assertThat(after(pace, 9)).as("a hundredth each minute").isEqualTo(594);
    assertThat(after(pace, 120)).as("all that was chosen").isEqualTo(900);
    assertThat(pace.isSlowed()).isFalse();
  }

  @Test
  void anUnlimitedPaceIsUnlimitedAgainInTheEnd() {
    PointBudget pace = new PointBudget(ThrottleLimits.UNLIMITED);
    refuseTwice(pace, 100);
    assertThat(after(pace, 60)).isBetween(100, 10_000);
    assertThat(after(pace, 240)).isEqualTo(ThrottleLimits.UNLIMITED);
  }

  @Test
  void aFewRequestsAreNoReasonForARefusal() {
    PointBudget pace = new PointBudget(900);
    send(pace, PointBudget.MIN_EVIDENCE - 1);
    pace.refused(now, Duration.ofSeconds(3));
    assertThat(pace.limit()).isEqualTo(900);
  }

  @Test
  void refusalsInARowTakeNoMoreThanTheFirst() {
    PointBudget pace = new PointBudget(900);
    send(pace, 600);
    pace.refused(now, Duration.ofSeconds(3));
    for (int i = 0; i < 10; i++) {
      now += Duration.ofSeconds(20).toNanos();
      send(pace, 1);
      pace.refused(now, Duration.ofSeconds(3));
    }
    assertThat(pace.limit()).isEqualTo(450);
  }

  @Test
  void asManyPointsLeaveInAMinuteAsAreAllowedAndNoMore() {
    PointBudget pace = new PointBudget(100);
    send(pace, 99);
    assertThat(pace.waitFor(1, now)).isZero();
    send(pace, 1);
    assertThat(pace.waitFor(1, now)).isEqualTo(Duration.ofMinutes(1));
    assertThat(pace.isSlowed()).isFalse();
  }

  @Test
  void aWriteWaitsUntilAllOfItsPointsAreFree() {
    PointBudget pace = new PointBudget(100);
    send(pace, 95);
    assertThat(pace.waitFor(5, now)).isZero();
    send(pace, 1);
    assertThat(pace.waitFor(5, now)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aFullMinuteOpensOnceATenthOfItIsFree() {
    PointBudget pace = new PointBudget(100);
    pace.sent(10, now);
    now += seconds(10);
    pace.sent(1, now);
    now += seconds(10);
    pace.sent(89, now);
    assertThat(pace.waitFor(1, now)).isEqualTo(Duration.ofSeconds(50));
    now = seconds(60);
    assertThat(pace.waitFor(1, now)).as("ten are free").isEqualTo(Duration.ofSeconds(10));
    now = seconds(70);
    assertThat(pace.waitFor(1, now)).as("eleven are free").isZero();
    pace.sent(10, now);
    assertThat(pace.waitFor(1, now)).as("open until it is full").isZero();
    pace.sent(1, now);
    assertThat(pace.waitFor(1, now)).isPositive();
  }

  @Test
  void pointsAreFreeAMinuteAfterTheyWereUsed() {
    PointBudget pace = new PointBudget(20);
    pace.sent(20, now);
    now += MINUTE - 1;
    assertThat(pace.waitFor(1, now)).isEqualTo(Duration.ofNanos(1));
    now += 1;
    assertThat(pace.waitFor(1, now)).isZero();
  }

  @Test
  void requestsOfOneTenthOfASecondAreCountedAsOne() {
    PointBudget together = new PointBudget(20);
    together.sent(10, seconds(5));
    together.sent(10, seconds(5) + millis(99));
    assertThat(together.waitFor(1, seconds(15))).isEqualTo(Duration.ofSeconds(50).plusMillis(99));
    PointBudget apart = new PointBudget(20);
    apart.sent(10, seconds(5));
    apart.sent(10, seconds(5) + millis(100));
    assertThat(apart.waitFor(1, seconds(15))).isEqualTo(Duration.ofSeconds(50));
  }

  @Test
  void aRequestAboveTheLimitLeavesOnceNothingElseHas() {
    PointBudget pace = new PointBudget(3);
    assertThat(pace.waitFor(5, now)).isZero();
    pace.sent(1, now);
    now += seconds(10);
    assertThat(pace.waitFor(5, now)).isEqualTo(Duration.ofMinutes(1));
    now += seconds(50);
    assertThat(pace.waitFor(5, now)).isZero();
  }

  @Test
  void enoughPointsInAMinuteAreAReasonForARefusal() {
    PointBudget pace = new PointBudget(900);
    send(pace, PointBudget.MIN_EVIDENCE);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).isEqualTo(15);
  }

  @Test
  void pointsOfTheMinuteBeforeAreNoReasonForARefusal() {
    PointBudget pace = new PointBudget(900);
    send(pace, 600);
    now += MINUTE;
    send(pace, PointBudget.MIN_EVIDENCE - 1);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).isEqualTo(900);
  }

  @Test
  void minutesWithoutALimitAreCountedFromItsEnd() {
    PointBudget pace = new PointBudget(900);
    send(pace, 600);
    pace.refused(now, Duration.ofSeconds(3));
    now = seconds(63) - 1;
    pace.waitFor(1, now);
    assertThat(pace.limit()).isEqualTo(450);
    now += 1;
    pace.waitFor(1, now);
    assertThat(pace.limit()).as("half as much again").isEqualTo(675);
  }

  @Test
  void aboveWhatWasRefusedItComesBackQuickly() {
    PointBudget pace = new PointBudget(5000);
    refuseTwice(pace, 600);
    assertThat(after(pace, 1)).isEqualTo(480);
    assertThat(after(pace, 2)).isEqualTo(540);
    assertThat(after(pace, 1)).isEqualTo(546);
    assertThat(after(pace, 19)).as("a tenth above what was refused").isEqualTo(660);
    assertThat(after(pace, 1)).isEqualTo(726);
  }

  @Test
  void aSmallPaceGrowsByAPointAMinute() {
    PointBudget pace = new PointBudget(900);
    refuseTwice(pace, PointBudget.MIN_EVIDENCE);
    assertThat(after(pace, 3)).isEqualTo(18);
    assertThat(after(pace, 2)).isEqualTo(20);
  }

  @Test
  void whatNoServerLimitsIsNoLimitAnyMore() {
    PointBudget pace = new PointBudget(ThrottleLimits.UNLIMITED);
    pace.adopt(66_666, Duration.ZERO, now);
    assertThat(after(pace, 1)).isEqualTo(99_999);
    pace.adopt(66_667, Duration.ZERO, now);
    assertThat(after(pace, 1)).as("100,000").isEqualTo(ThrottleLimits.UNLIMITED);
  }

  @Test
  void whatAnotherProcessLearnedIsTakenOver() {
    PointBudget pace = new PointBudget(900);
    pace.adopt(450, Duration.ofSeconds(59), now);
    assertThat(pace.limit()).isEqualTo(450);
    now += seconds(1);
    pace.waitFor(1, now);
    assertThat(pace.limit()).as("as it grows in the other process").isEqualTo(675);
    PointBudget later = new PointBudget(900);
    later.adopt(450, Duration.ofMinutes(1), now);
    assertThat(later.limit()).as("with what has come back since").isEqualTo(675);
  }

  @Test
  void anotherProcessRaisesNoLimit() {
    PointBudget pace = new PointBudget(900);
    pace.adopt(450, Duration.ZERO, now);
    pace.adopt(600, Duration.ZERO, now);
    assertThat(pace.limit()).isEqualTo(450);
    now += MINUTE;
    pace.adopt(500, Duration.ZERO, now);
    assertThat(pace.limit()).as("675 have come back").isEqualTo(500);
  }

  @Test
  void whatIsKnownAlreadyDoesNotStartItsMinuteAgain() {
    PointBudget pace = new PointBudget(900);
    pace.adopt(450, Duration.ZERO, now);
    now += seconds(30);
    pace.adopt(450, Duration.ZERO, now);
    now += seconds(30);
    pace.waitFor(1, now);
    assertThat(pace.limit()).isEqualTo(675);
  }

  @Test
  void anotherProcessSlowsToNoLessThanAServerAllows() {
    PointBudget pace = new PointBudget(900);
    pace.adopt(1, Duration.ZERO, now);
    assertThat(pace.limit()).isEqualTo(PointBudget.MIN);
    PointBudget chosen = new PointBudget(5);
    chosen.adopt(1, Duration.ZERO, now);
    assertThat(chosen.limit()).as("never above what was chosen").isEqualTo(5);
  }

  @Test
  void theNextRefusalTakesAQuarterOfWhatHadComeBack() {
    PointBudget pace = new PointBudget(900);
    send(pace, 600);
    pace.refused(now, Duration.ZERO);
    now += MINUTE;
    send(pace, 700);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).as("675 had").isEqualTo(507);
  }

  @ParameterizedTest
  @CsvSource({"299, 337", "300, 240", "500, 400", "501, 564"})
  void aSecondRefusalWithinAQuarterConfirmsTheFirst(int points, int afterAMinute) {
    PointBudget pace = new PointBudget(900);
    send(pace, 400);
    pace.refused(now, Duration.ZERO);
    assertThat(after(pace, 2)).isEqualTo(675);
    send(pace, points);
    pace.refused(now, Duration.ZERO);
    assertThat(after(pace, 1)).isEqualTo(afterAMinute);
  }
}
