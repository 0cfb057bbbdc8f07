package dev.backfill.core.internal;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews a lease from a timer while its holder works, each third of its time to live, and remembers
 * what the store answers.
 */
public final class LeaseKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private final ProgressStore store;
  private final Lease lease;
  private final ScheduledFuture<?> timer;
  private volatile BackfillStatus status = BackfillStatus.RUNNING;
  private volatile @Nullable LeaseLostException lost;
  private boolean closed;

  private LeaseKeeper(ProgressStore store, Lease lease, ScheduledExecutorService scheduler) {
    this.store = store;
    this.lease = lease;
    long third = Math.max(1, lease.timeToLive().toMillis() / 3);
    this.timer = scheduler.scheduleWithFixedDelay(this::renew, third, third, TimeUnit.MILLISECONDS);
  }

  /**
   * Begins to renew.
   *
   * @param store where the lease is
   * @param lease the lease
   * @param scheduler whose timer to use
   * @return the keeper; the holder closes it before it releases the lease
   */
  public static LeaseKeeper keep(
      ProgressStore store, Lease lease, ScheduledExecutorService scheduler) {
    return new LeaseKeeper(store, lease, scheduler);
  }

  private synchronized void renew() {
    if (closed) {
      return;
    }
    try {
      status = store.renew(lease);
    } catch (LeaseLostException e) {
      lost = e;
      close();
    } catch (BackfillException e) {
      LOG.warn(
          "The lease of backfill {} could not be renewed, and is tried again: {}",
          lease.backfill().value(),
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("Renewing the lease of backfill {} failed.", lease.backfill().value(), e);
    }
  }

  /**
   * What the last renewal said.
   *
   * @return the backfill's status
   * @throws LeaseLostException when somebody else holds it now
   */
  public BackfillStatus status() {
    LeaseLostException failure = lost;
    if (failure != null) {
      throw failure;
    }
    return status;
  }

  /** Ends renewing; a renewal under way ends first, so that none comes after a release. */
  @Override
  public synchronized void close() {
    closed = true;
    timer.cancel(false);
  }
}
