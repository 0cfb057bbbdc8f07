package dev.backfill.github.internal.repository;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.transport.Reserve;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdaptiveConcurrencyTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private @Nullable Quota quota;

  /** All that are allowed at once, each of which succeeds; a second for each round. */
  private void rounds(AdaptiveConcurrency concurrency, int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      List<AdaptiveConcurrency.Permit> permits = new ArrayList<>();
      for (int n = concurrency.allowed(); n > 0; n--) {
        permits.add(concurrency.acquire());
      }
      time.advance(Duration.ofSeconds(1));
      permits.forEach(permit -> concurrency.succeeded(permit, () -> quota, new Reserve(100, 0)));
      permits.forEach(permit -> concurrency.release());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 3", "4, 4", "5, 4", "100, 4"})
  void itBeginsWithFourOrTheBound(int bound, int first) {
    assertThat(new AdaptiveConcurrency(bound, time).allowed()).isEqualTo(first);
  }

  @Test
  void afterFourSuccessesOfEachThereIsOneMoreUpToTheBound() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(6, time);
    rounds(concurrency, 3);
    assertThat(concurrency.allowed()).isEqualTo(4);
    rounds(concurrency, 1);
    assertThat(concurrency.allowed()).isEqualTo(5);
    rounds(concurrency, 4);
    assertThat(concurrency.allowed()).isEqualTo(6);
    rounds(concurrency, 20);
    assertThat(concurrency.allowed()).isEqualTo(6);
  }

  @Test
  void aSlowDownHalvesOnceHoweverManyMeetIt() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(16, time);
    rounds(concurrency, 16);
    assertThat(concurrency.allowed()).isEqualTo(8);
    List<AdaptiveConcurrency.Permit> together = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      together.add(concurrency.acquire());
    }
    together.forEach(concurrency::slowDown);
    assertThat(concurrency.allowed()).isEqualTo(4);
    together.forEach(permit -> concurrency.release());
    concurrency.slowDown(concurrency.acquire());
    concurrency.slowDown(concurrency.acquire());
    assertThat(concurrency.allowed()).isEqualTo(1);
    concurrency.release();
    concurrency.release();
    concurrency.slowDown(concurrency.acquire());
    assertThat(concurrency.allowed()).isEqualTo(1);
  }

  @Test
  void afterASlowDownItGrowsAgainFromWhereItIs() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(8, time);
    rounds(concurrency, 3);
    concurrency.slowDown(concurrency.acquire());
    concurrency.release();
    assertThat(concurrency.allowed()).isEqualTo(2);
    rounds(concurrency, 3);
    assertThat(concurrency.allowed()).as("successes from before do not count").isEqualTo(2);
    rounds(concurrency, 1);
    assertThat(concurrency.allowed()).isEqualTo(3);
  }

  @Test
  void whatBeganBeforeASlowDownSaysNothingAboutTheTimeAfterIt() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(8, time);
    AdaptiveConcurrency.Permit before = concurrency.acquire();
    concurrency.slowDown(concurrency.acquire());
    for (int i = 0; i < 100; i++) {
      concurrency.succeeded(before, () -> null, Reserve.NONE);
    }
    assertThat(concurrency.allowed()).isEqualTo(2);
  }

  @Test
  void idleHandsGetNoMore() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(8, time);
    for (int i = 0; i < 100; i++) {
      AdaptiveConcurrency.Permit alone = concurrency.acquire();
      concurrency.succeeded(alone, () -> null, Reserve.NONE);
      concurrency.release();
    }
    assertThat(concurrency.allowed()).isEqualTo(4);
  }

  @Test
  void whereTheQuotaBindsThereIsNoMore() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(8, time);
    // At four a second, 3,600 seconds take 14,400.
    quota = new Quota("core", 15_000, 12_000, time.now().plusSeconds(3_600));
    rounds(concurrency, 40);
    assertThat(concurrency.allowed()).isEqualTo(4);
    quota = new Quota("core", 50_000, 49_000, time.now().plusSeconds(3_600));
    rounds(concurrency, 4);
    assertThat(concurrency.allowed()).isEqualTo(5);
  }

  @Test
  void theReserveIsNotForIt() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(8, time);
    quota = new Quota("core", 15_000, 4 * 60 + 99, time.now().plusSeconds(60 + 4));
    rounds(concurrency, 4);
    assertThat(concurrency.allowed()).isEqualTo(4);
  }

  @Test
  void whoeverFindsNoneFreeWaitsForOne() throws Exception {
    AdaptiveConcurrency concurrency = new AdaptiveConcurrency(1, time);
    concurrency.acquire();
    CountDownLatch got = new CountDownLatch(1);
    Thread second =
        new Thread(
            () -> {
              try {
                concurrency.acquire();
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
    concurrency.release();
    got.await();
    second.join();
  }
}
