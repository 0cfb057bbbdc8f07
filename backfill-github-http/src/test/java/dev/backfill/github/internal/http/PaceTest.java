package dev.backfill.github.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {

  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private long now;

  private void send(Pace pace, int points) {
    for (int i = 0; i < points; i++) {
      pace.sent(1, now);
    }
  }

  private int after(Pace pace, int minutes) {
    now += minutes * MINUTE;
    pace.waitFor(1, now);
    return pace.limit();
  }

  @Test
  void aRefusalTakesAQuarterOfWhatWasUsed() {
    Pace pace = new Pace(Pacing.UNLIMITED);
    send(pace, 600);
    pace.refused(now, Duration.ofSeconds(3));
    assertThat(pace.limit()).isEqualTo(450);
    assertThat(pace.isSlowed()).isTrue();
    assertThat(pace.waitFor(1, now)).isEqualTo(Duration.ofMinutes(1));
  }

  /** Has a server refuse what was used twice, a minute apart. */
  private void refuseTwice(Pace pace, int points) {
    send(pace, points);
    pace.refused(now, Duration.ZERO);
    now += MINUTE;
    send(pace, points);
    pace.refused(now, Duration.ZERO);
  }

  @Test
  void afterOneRefusalPointsComeBackWithinMinutes() {
    Pace pace = new Pace(900);
    send(pace, 120);
    pace.refused(now, Duration.ZERO);
    assertThat(pace.limit()).isEqualTo(90);
    assertThat(after(pace, 1)).isEqualTo(135);
    assertThat(after(pace, 5)).isEqualTo(900);
  }

  @Test
  void aRefusalAtAnotherUseConfirmsNothing() {
    Pace pace = new Pace(900);
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
    Pace pace = new Pace(900);
    refuseTwice(pace, 600);
    assertThat(pace.limit()).isEqualTo(450);
    assertThat(after(pace, 3)).as("nine tenths of what was refused").isEqualTo(540);
    assertThat(after(pace, 9)).as("a hundredth each minute").isEqualTo(594);
    assertThat(after(pace, 120)).as("all that was chosen").isEqualTo(900);
    assertThat(pace.isSlowed()).isFalse();
  }

  @Test
  void anUnlimitedPaceIsUnlimitedAgainInTheEnd() {
    Pace pace = new Pace(Pacing.UNLIMITED);
    refuseTwice(pace, 100);
    assertThat(after(pace, 60)).isBetween(100, 10_000);
    assertThat(after(pace, 240)).isEqualTo(Pacing.UNLIMITED);
  }

  @Test
  void aFewRequestsAreNoReasonForARefusal() {
    Pace pace = new Pace(900);
    send(pace, Pace.LEAST_EVIDENCE - 1);
    pace.refused(now, Duration.ofSeconds(3));
    assertThat(pace.limit()).isEqualTo(900);
  }

  @Test
  void refusalsInARowTakeNoMoreThanTheFirst() {
    Pace pace = new Pace(900);
    send(pace, 600);
    pace.refused(now, Duration.ofSeconds(3));
    for (int i = 0; i < 10; i++) {
      now += Duration.ofSeconds(20).toNanos();
      send(pace, 1);
      pace.refused(now, Duration.ofSeconds(3));
    }
    assertThat(pace.limit()).isEqualTo(450);
  }
}
