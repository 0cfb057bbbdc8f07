package dev.backfill.core.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.internal.lease.LeaseKeeper;
import dev.backfill.core.internal.lease.LeaseWatch;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.testkit.ManualTimeSource;
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

  private final ManualTimeSource time = new ManualTimeSource();
  private final StopSignal cancellation = new StopSignal();
  private final ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);

  @AfterEach
  void endTimers() {
    timers.shutdownNow();
  }

  @Test
  void renewsWhileTheHolderWorksAndReportsAUsersRequest() throws InterruptedException {
    CountDownLatch renewals = new CountDownLatch(3);
    ProgressStore store =
        renewing(
            () -> {
              renewals.countDown();
              return BackfillStatus.PAUSING;
            });

    try (LeaseKeeper keeper = keeper(store)) {
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

    try (LeaseKeeper keeper = keeper(store)) {
      assertThat(renewed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(keeper.status()).isEqualTo(BackfillStatus.RUNNING);
    }
  }

  @Test
  void aLostLeaseIsReportedToTheHolderAndNotRenewed() throws InterruptedException {
    CountDownLatch refused = new CountDownLatch(1);
    ProgressStore store =
        renewing(
            () -> {
              refused.countDown();
              throw new LeaseLostException("somebody else has it");
            });

    try (LeaseKeeper keeper = keeper(store)) {
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

  @Test
  void aLeaseThatCannotBeRenewedInTimeIsGivenUpByTheHoldersOwnClock() throws InterruptedException {
    CountDownLatch failed = new CountDownLatch(2);
    ProgressStore store =
        renewing(
            () -> {
              failed.countDown();
              throw new TransientFailureException("the network is gone", null);
            });

    try (LeaseKeeper keeper = keeper(store)) {
      assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(keeper.status()).as("not yet").isEqualTo(BackfillStatus.RUNNING);
      assertThat(cancellation.isSet()).isFalse();
      time.advance(Duration.ofMillis(26));
      assertThat(keeper.status()).as("within the margin").isEqualTo(BackfillStatus.RUNNING);
      time.advance(Duration.ofMillis(2));
      assertThatThrownBy(keeper::status)
          .isInstanceOf(LeaseLostException.class)
          .hasMessageContaining("could not renew");
      assertThat(cancellation.isSet()).as("what is under way is ended").isTrue();
    }
  }

  @Test
  void aHolderThatSleptTooLongChecksItsLeaseFirst() {
    AtomicInteger renewals = new AtomicInteger();
    ProgressStore store =
        renewing(
            () -> {
              renewals.incrementAndGet();
              return BackfillStatus.RUNNING;
            });
    LeaseKeeper keeper =
        new LeaseKeeper(store, LEASE, new LeaseWatch(LEASE, time, 0, cancellation), time);
    time.advance(Duration.ofHours(1));

    assertThat(keeper.status()).isEqualTo(BackfillStatus.RUNNING);
    assertThat(renewals).hasValue(1);
    assertThat(keeper.status()).isEqualTo(BackfillStatus.RUNNING);
    assertThat(renewals).as("once is enough").hasValue(1);
  }

  @Test
  void aCommitCountsAsARenewal() {
    ProgressStore store =
        renewing(
            () -> {
              throw new AssertionError("not asked");
            });
    LeaseKeeper keeper =
        new LeaseKeeper(store, LEASE, new LeaseWatch(LEASE, time, 0, cancellation), time);
    time.advance(Duration.ofMillis(40));
    keeper.confirmed(time.nanoTime() - 1_000_000, BackfillStatus.RUNNING);

    assertThat(keeper.status()).isEqualTo(BackfillStatus.RUNNING);
  }

  @Test
  void aRequestIsSeenBetweenRenewals() throws InterruptedException {
    Lease lease = new Lease(new BackfillId(1), 1, "worker", Duration.ofHours(1));
    ProgressStore store = new InMemoryStore(time).progress();
    store.register(new BackfillKey("test", "target"), "test");
    store.claim(new BackfillId(1), new LeaseRequest("worker", "test", Duration.ofHours(1)));
    store.control(new BackfillId(1), Control.PAUSE);
    CountDownLatch interrupted = new CountDownLatch(1);
    LeaseKeeper keeper =
        new LeaseKeeper(store, lease, new LeaseWatch(lease, time, 0, cancellation), time);
    keeper.start(timers);
    try (keeper) {
      assertThatThrownBy(
              () -> cancellation.interruptibly(() -> interrupted.await(10, TimeUnit.SECONDS)))
          .isInstanceOf(InterruptedException.class);
      assertThat(keeper.status()).isEqualTo(BackfillStatus.PAUSING);
    }
  }

  private LeaseKeeper keeper(ProgressStore store) {
    LeaseKeeper keeper =
        new LeaseKeeper(store, LEASE, new LeaseWatch(LEASE, time, 0, cancellation), time);
    keeper.start(timers);
    return keeper;
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
