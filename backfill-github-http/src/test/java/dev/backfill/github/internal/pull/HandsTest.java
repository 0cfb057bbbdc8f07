package dev.backfill.github.internal.pull;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.http.Reserve;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandsTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private @Nullable Quota quota;

  /** All that are allowed at once, each of which succeeds; a second for each round. */
  private void rounds(Hands hands, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      List<Hands.Turn> turns = new ArrayList<>();
      for (int n = hands.allowed(); n > 0; n--) {
        turns.add(hands.take());
      }
      time.advance(Duration.ofSeconds(1));
      turns.forEach(turn -> hands.succeeded(turn, () -> quota, new Reserve(100, 0)));
      turns.forEach(turn -> hands.giveBack());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 3", "4, 4", "5, 4", "100, 4"})
  void itBeginsWithFourOrTheBound(int bound, int first) {
    assertThat(new Hands(bound, time).allowed()).isEqualTo(first);
  }

  @Test
  void afterFourSuccessesOfEachThereIsOneMoreUpToTheBound() throws Exception {
    Hands hands = new Hands(6, time);
    rounds(hands, 3);
    assertThat(hands.allowed()).isEqualTo(4);
    rounds(hands, 1);
    assertThat(hands.allowed()).isEqualTo(5);
    rounds(hands, 4);
    assertThat(hands.allowed()).isEqualTo(6);
    rounds(hands, 20);
    assertThat(hands.allowed()).isEqualTo(6);
  }

  @Test
  void aSlowDownHalvesOnceHoweverManyMeetIt() throws Exception {
    Hands hands = new Hands(16, time);
    rounds(hands, 16);
    assertThat(hands.allowed()).isEqualTo(8);
    List<Hands.Turn> together = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      together.add(hands.take());
    }
    together.forEach(hands::slowDown);
    assertThat(hands.allowed()).isEqualTo(4);
    together.forEach(turn -> hands.giveBack());
    hands.slowDown(hands.take());
    hands.slowDown(hands.take());
    assertThat(hands.allowed()).isEqualTo(1);
    hands.giveBack();
    hands.giveBack();
    hands.slowDown(hands.take());
    assertThat(hands.allowed()).isEqualTo(1);
  }

  @Test
  void afterASlowDownItGrowsAgainFromWhereItIs() throws Exception {
    Hands hands = new Hands(8, time);
    rounds(hands, 3);
    hands.slowDown(hands.take());
    hands.giveBack();
    assertThat(hands.allowed()).isEqualTo(2);
    rounds(hands, 3);
    assertThat(hands.allowed()).as("successes from before do not count").isEqualTo(2);
    rounds(hands, 1);
    assertThat(hands.allowed()).isEqualTo(3);
  }

  @Test
  void whatBeganBeforeASlowDownSaysNothingAboutTheTimeAfterIt() throws Exception {
    Hands hands = new Hands(8, time);
    Hands.Turn before = hands.take();
    hands.slowDown(hands.take());
    for (int i = 0; i < 100; i++) {
      hands.succeeded(before, () -> null, Reserve.NONE);
    }
    assertThat(hands.allowed()).isEqualTo(2);
  }

  @Test
  void idleHandsGetNoMore() throws Exception {
    Hands hands = new Hands(8, time);
    for (int i = 0; i < 100; i++) {
      Hands.Turn alone = hands.take();
      hands.succeeded(alone, () -> null, Reserve.NONE);
      hands.giveBack();
    }
    assertThat(hands.allowed()).isEqualTo(4);
  }

  @Test
  void whereTheQuotaBindsThereIsNoMore() throws Exception {
    Hands hands = new Hands(8, time);
    // At four a second, 3,600 seconds take 14,400.
    quota = new Quota("core", 15_000, 12_000, time.now().plusSeconds(3_600));
    rounds(hands, 40);
    assertThat(hands.allowed()).isEqualTo(4);
    quota = new Quota("core", 50_000, 49_000, time.now().plusSeconds(3_600));
    rounds(hands, 4);
    assertThat(hands.allowed()).isEqualTo(5);
  }

  @Test
  void theReserveIsNotForIt() throws Exception {
    Hands hands = new Hands(8, time);
    quota = new Quota("core", 15_000, 4 * 60 + 99, time.now().plusSeconds(60 + 4));
    rounds(hands, 4);
    assertThat(hands.allowed()).isEqualTo(4);
  }

  @Test
  void whoeverFindsNoneFreeWaitsForOne() throws Exception {
    Hands hands = new Hands(1, time);
    hands.take();
    CountDownLatch got = new CountDownLatch(1);
    Thread second =
        new Thread(
            () -> {
              try {
                hands.take();
                got.countDown();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    second.start();
    while (second.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(got.getCount()).isEqualTo(1);
    hands.giveBack();
    got.await();
    second.join();
  }
}
