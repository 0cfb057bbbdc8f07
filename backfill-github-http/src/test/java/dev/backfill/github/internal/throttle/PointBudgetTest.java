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

  private void send(PointBudget budget, int points) {
    for (int i = 0; i < points; i++) {
      budget.sent(1, now);
    }
  }

  private int after(PointBudget budget, int minutes) {
    now += minutes * MINUTE;
    budget.waitFor(1, now);
    return budget.limit();
  }

  @Test
  void aRefusalTakesAQuarterOfWhatWasUsed() {
    PointBudget budget = new PointBudget(ThrottleLimits.UNLIMITED);
    send(budget, 600);
    budget.refused(now, Duration.ofSeconds(3));
    assertThat(budget.limit()).isEqualTo(450);
    assertThat(budget.isSlowed()).isTrue();
    assertThat(budget.waitFor(1, now)).isEqualTo(Duration.ofMinutes(1));
  }

  /** Has a server refuse what was used twice, a minute apart. */
  private void refuseTwice(PointBudget budget, int points) {
    send(budget, points);
    budget.refused(now, Duration.ZERO);
    now += MINUTE;
    send(budget, points);
    budget.refused(now, Duration.ZERO);
  }

  @Test
  void afterOneRefusalPointsComeBackWithinMinutes() {
    PointBudget budget = new PointBudget(900);
    send(budget, 120);
    budget.refused(now, Duration.ZERO);
    assertThat(budget.limit()).isEqualTo(90);
    assertThat(after(budget, 1)).isEqualTo(135);
    assertThat(after(budget, 5)).isEqualTo(900);
  }

  @Test
  void aRefusalAtAnotherUseConfirmsNothing() {
    PointBudget budget = new PointBudget(900);
    send(budget, 400);
    budget.refused(now, Duration.ZERO);
    now += MINUTE;
    send(budget, 200);
    budget.refused(now, Duration.ZERO);
    assertThat(budget.limit()).isEqualTo(150);
    assertThat(after(budget, 1)).isEqualTo(225);
  }

  @Test
  void whatWasRefusedTwiceComesBackSlowly() {
    PointBudget budget = new PointBudget(900);
    refuseTwice(budget, 600);
    assertThat(budget.limit()).isEqualTo(450);
    assertThat(after(budget, 3)).as("nine tenths of what was refused").isEqualTo(540);
    assertThat(after(budget, 9)).as("a hundredth each minute").isEqualTo(594);
    assertThat(after(budget, 120)).as("all that was chosen").isEqualTo(900);
    assertThat(budget.isSlowed()).isFalse();
  }

  @Test
  void anUnlimitedPaceIsUnlimitedAgainInTheEnd() {
    PointBudget budget = new PointBudget(ThrottleLimits.UNLIMITED);
    refuseTwice(budget, 100);
    assertThat(after(budget, 60)).isBetween(100, 10_000);
    assertThat(after(budget, 240)).isEqualTo(ThrottleLimits.UNLIMITED);
  }

  @Test
  void aFewRequestsAreNoReasonForARefusal() {
    PointBudget budget = new PointBudget(900);
    send(budget, PointBudget.MIN_EVIDENCE - 1);
    budget.refused(now, Duration.ofSeconds(3));
    assertThat(budget.limit()).isEqualTo(900);
  }

  @Test
  void refusalsInARowTakeNoMoreThanTheFirst() {
    PointBudget budget = new PointBudget(900);
    send(budget, 600);
    budget.refused(now, Duration.ofSeconds(3));
    for (int i = 0; i < 10; i++) {
      now += Duration.ofSeconds(20).toNanos();
      send(budget, 1);
      budget.refused(now, Duration.ofSeconds(3));
    }
    assertThat(budget.limit()).isEqualTo(450);
  }

  @Test
  void asManyPointsLeaveInAMinuteAsAreAllowedAndNoMore() {
    PointBudget budget = new PointBudget(100);
    send(budget, 99);
    assertThat(budget.waitFor(1, now)).isZero();
    send(budget, 1);
    assertThat(budget.waitFor(1, now)).isEqualTo(Duration.ofMinutes(1));
    assertThat(budget.isSlowed()).isFalse();
  }

  @Test
  void aWriteWaitsUntilAllOfItsPointsAreFree() {
    PointBudget budget = new PointBudget(100);
    send(budget, 95);
    assertThat(budget.waitFor(5, now)).isZero();
    send(budget, 1);
    assertThat(budget.waitFor(5, now)).isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void aFullMinuteOpensOnceATenthOfItIsFree() {
    PointBudget budget = new PointBudget(100);
    budget.sent(10, now);
    now += seconds(10);
    budget.sent(1, now);
    now += seconds(10);
    budget.sent(89, now);
    assertThat(budget.waitFor(1, now)).isEqualTo(Duration.ofSeconds(50));
    now = seconds(60);
    assertThat(budget.waitFor(1, now)).as("ten are free").isEqualTo(Duration.ofSeconds(10));
    now = seconds(70);
    assertThat(budget.waitFor(1, now)).as("eleven are free").isZero();
    budget.sent(10, now);
    assertThat(budget.waitFor(1, now)).as("open until it is full").isZero();
    budget.sent(1, now);
    assertThat(budget.waitFor(1, now)).isPositive();
  }

  @Test
  void pointsAreFreeAMinuteAfterTheyWereUsed() {
    PointBudget budget = new PointBudget(20);
    budget.sent(20, now);
    now += MINUTE - 1;
    assertThat(budget.waitFor(1, now)).isEqualTo(Duration.ofNanos(1));
    now += 1;
    assertThat(budget.waitFor(1, now)).isZero();
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
    PointBudget budget = new PointBudget(3);
    assertThat(budget.waitFor(5, now)).isZero();
    budget.sent(1, now);
    now += seconds(10);
    assertThat(budget.waitFor(5, now)).isEqualTo(Duration.ofMinutes(1));
    now += seconds(50);
    assertThat(budget.waitFor(5, now)).isZero();
  }

  @Test
  void enoughPointsInAMinuteAreAReasonForARefusal() {
    PointBudget budget = new PointBudget(900);
    send(budget, PointBudget.MIN_EVIDENCE);
    budget.refused(now, Duration.ZERO);
    assertThat(budget.limit()).isEqualTo(15);
  }

  @Test
  void pointsOfTheMinuteBeforeAreNoReasonForARefusal() {
    PointBudget budget = new PointBudget(900);
    send(budget, 600);
    now += MINUTE;
    send(budget, PointBudget.MIN_EVIDENCE - 1);
    budget.refused(now, Duration.ZERO);
    assertThat(budget.limit()).isEqualTo(900);
  }

  @Test
  void minutesWithoutALimitAreCountedFromItsEnd() {
    PointBudget budget = new PointBudget(900);
    send(budget, 600);
    budget.refused(now, Duration.ofSeconds(3));
    now = seconds(63) - 1;
    budget.waitFor(1, now);
    assertThat(budget.limit()).isEqualTo(450);
    now += 1;
    budget.waitFor(1, now);
    assertThat(budget.limit()).as("half as much again").isEqualTo(675);
  }

  @Test
  void aboveWhatWasRefusedItComesBackQuickly() {
    PointBudget budget = new PointBudget(5000);
    refuseTwice(budget, 600);
    assertThat(after(budget, 1)).isEqualTo(480);
    assertThat(after(budget, 2)).isEqualTo(540);
    assertThat(after(budget, 1)).isEqualTo(546);
    assertThat(after(budget, 19)).as("a tenth above what was refused").isEqualTo(660);
    assertThat(after(budget, 1)).isEqualTo(726);
  }

  @Test
  void aSmallPaceGrowsByAPointAMinute() {
    PointBudget budget = new PointBudget(900);
    refuseTwice(budget, PointBudget.MIN_EVIDENCE);
    assertThat(after(budget, 3)).isEqualTo(18);
    assertThat(after(budget, 2)).isEqualTo(20);
  }

  @Test
  void whatNoServerLimitsIsNoLimitAnyMore() {
    PointBudget budget = new PointBudget(ThrottleLimits.UNLIMITED);
    budget.adopt(66_666, Duration.ZERO, now);
    assertThat(after(budget, 1)).isEqualTo(99_999);
    budget.adopt(66_667, Duration.ZERO, now);
    assertThat(after(budget, 1)).as("100,000").isEqualTo(ThrottleLimits.UNLIMITED);
  }

  @Test
  void whatAnotherProcessLearnedIsTakenOver() {
    PointBudget budget = new PointBudget(900);
    budget.adopt(450, Duration.ofSeconds(59), now);
    assertThat(budget.limit()).isEqualTo(450);
    now += seconds(1);
    budget.waitFor(1, now);
    assertThat(budget.limit()).as("as it grows in the other process").isEqualTo(675);
    PointBudget later = new PointBudget(900);
    later.adopt(450, Duration.ofMinutes(1), now);
    assertThat(later.limit()).as("with what has come back since").isEqualTo(675);
  }

  @Test
  void anotherProcessRaisesNoLimit() {
    PointBudget budget = new PointBudget(900);
    budget.adopt(450, Duration.ZERO, now);
    budget.adopt(600, Duration.ZERO, now);
    assertThat(budget.limit()).isEqualTo(450);
    now += MINUTE;
    budget.adopt(500, Duration.ZERO, now);
    assertThat(budget.limit()).as("675 have come back").isEqualTo(500);
  }

  @Test
  void whatIsKnownAlreadyDoesNotStartItsMinuteAgain() {
    PointBudget budget = new PointBudget(900);
    budget.adopt(450, Duration.ZERO, now);
    now += seconds(30);
    budget.adopt(450, Duration.ZERO, now);
    now += seconds(30);
    budget.waitFor(1, now);
    assertThat(budget.limit()).isEqualTo(675);
  }

  @Test
  void anotherProcessSlowsToNoLessThanAServerAllows() {
    PointBudget budget = new PointBudget(900);
    budget.adopt(1, Duration.ZERO, now);
    assertThat(budget.limit()).isEqualTo(PointBudget.MIN);
    PointBudget chosen = new PointBudget(5);
    chosen.adopt(1, Duration.ZERO, now);
    assertThat(chosen.limit()).as("never above what was chosen").isEqualTo(5);
  }

  @Test
  void theNextRefusalTakesAQuarterOfWhatHadComeBack() {
    PointBudget budget = new PointBudget(900);
    send(budget, 600);
    budget.refused(now, Duration.ZERO);
    now += MINUTE;
    send(budget, 700);
    budget.refused(now, Duration.ZERO);
    assertThat(budget.limit()).as("675 had").isEqualTo(507);
  }

  @ParameterizedTest
  @CsvSource({"299, 337", "300, 240", "500, 400", "501, 564"})
  void aSecondRefusalWithinAQuarterConfirmsTheFirst(int points, int afterAMinute) {
    PointBudget budget = new PointBudget(900);
    send(budget, 400);
    budget.refused(now, Duration.ZERO);
    assertThat(after(budget, 2)).isEqualTo(675);
    send(budget, points);
    budget.refused(now, Duration.ZERO);
    assertThat(after(budget, 1)).isEqualTo(afterAMinute);
  }
}
