package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LeaseKeeperTest {

  private static final Lease LEASE =
      new Lease(new BackfillId(1), 1, "worker", Duration.ofMillis(30));

  private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);

  @AfterEach
  void endTimers() {
    timers.shutdownNow();
  }

  @Test
  void renewsWhileTheHolderWorksAndTellsOfAPersonsRequest() throws InterruptedException {
    CountDownLatch renewals = new CountDownLatch(3);
    ProgressStore store =
        renewing(
            () -> {
              renewals.countDown();
              return BackfillStatus.PAUSING;
            });

    try (LeaseKeeper keeper = LeaseKeeper.keep(store, LEASE, timers)) {
      assertThat(renewals.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(keeper.status()).isEqualTo(BackfillStatus.PAUSING);
    }
    assertThat(timers.getQueue()).allMatch(task -> ((Future<?>) task).isCancelled());
  }

  @Test
  void aRenewalThatFailsTransientlyIsTriedAgain() throws InterruptedException {
    CountDownLatch renewed = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    ProgressStore store =
        renewing(
            () -> {
              if (calls.incrementAndGet() == 1) {
                throw new TransientFailureException("database restarts", null);
              }
              renewed.countDown();
              return BackfillStatus.RUNNING;
            });

    try (LeaseKeeper keeper = LeaseKeeper.keep(store, LEASE, timers)) {
      assertThat(renewed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(keeper.status()).isEqualTo(BackfillStatus.RUNNING);
    }
  }

  @Test
  void aLostLeaseIsToldToTheHolderAndNotRenewedAgain() throws InterruptedException {
    CountDownLatch refused = new CountDownLatch(1);
    ProgressStore store =
        renewing(
            () -> {
              refused.countDown();
              throw new LeaseLostException("somebody else has it");
            });

    try (LeaseKeeper keeper = LeaseKeeper.keep(store, LEASE, timers)) {
      assertThat(refused.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(awaitLost(keeper)).isInstanceOf(LeaseLostException.class);
    }
  }

  private Throwable awaitLost(LeaseKeeper keeper) throws InterruptedException {
    // The timer has one thread, so this runs after the refusal was noted.
    CountDownLatch after = new CountDownLatch(1);
    timers.execute(after::countDown);
    assertThat(after.await(10, TimeUnit.SECONDS)).isTrue();
    try {
      keeper.status();
    } catch (LeaseLostException e) {
      return e;
    }
    return new AssertionError("the lease still counts as held");
  }

  private static ProgressStore renewing(Supplier<BackfillStatus> renew) {
    return (ProgressStore)
        Proxy.newProxyInstance(
            ProgressStore.class.getClassLoader(),
            new Class<?>[] {ProgressStore.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("renew");
              return renew.get();
            });
  }
}
