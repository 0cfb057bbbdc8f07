package dev.backfill.core.internal.lease;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeper of a lease: renews it from a timer at each third of its time to live, while its holder
 * works. Twice a second it reads the status, for a user's pause or cancel. The holder's {@link
 * LeaseWatch} gets the store's answers.
 */
public final class LeaseKeeper implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LeaseKeeper.class);

  private static final Duration POLL_INTERVAL = Duration.ofMillis(500);
  private static final int RENEWALS = 3;

  private final ProgressStore store;
  private final Lease lease;
  private final LeaseWatch watch;
  private final TimeSource time;
  private @Nullable ScheduledFuture<?> timer;
  private long pollsUntilRenewal;
  private long polls;
  private boolean closed;
  private boolean failing;
  private volatile boolean busy;

  /**
   * Creates a keeper whose timer is not started.
   *
   * @param store the store of the lease
   * @param lease the lease
   * @param watch gets the store's answers
   * @param time the holder's clock
   */
  public LeaseKeeper(ProgressStore store, Lease lease, LeaseWatch watch, TimeSource time) {
    this.store = store;
    this.lease = lease;
    this.watch = watch;
    this.time = time;
  }

  /**
   * Starts the timer.
   *
   * @param scheduler runs the renewals
   */
  public synchronized void start(ScheduledExecutorService scheduler) {
    long renewal = Math.max(1, lease.timeToLive().toMillis() / RENEWALS);
    long look = Math.min(renewal, POLL_INTERVAL.toMillis());
    pollsUntilRenewal = renewal / look;
    timer = scheduler.scheduleWithFixedDelay(this::tick, look, look, TimeUnit.MILLISECONDS);
  }

  /**
   * Returns the last known status of the backfill. If the last renewal is too old, it first renews
   * the lease, since another worker may hold it.
   *
   * @return the status
   * @throws LeaseLostException if another worker holds the lease, or may hold it
   */
  public BackfillStatus status() {
    if (watch.isStale()) {
      try {
        renew();
      } catch (LeaseLostException e) {
        watch.lost(e);
      } catch (TransientFailureException e) {
        LOG.debug("A lease that was not renewed in time cannot be renewed now either", e);
        watch.giveUpIfStale();
      }
    }
    return watch.status();
  }

  /**
   * Confirms the lease after a commit, which has renewed it.
   *
   * @param requestedNanos the monotonic time just before the request
   * @param status the status of the backfill
   */
  public void confirmed(long requestedNanos, BackfillStatus status) {
    watch.confirmed(requestedNanos, status);
  }

  /**
   * Runs a call that holds the backfill's row in the store, without renewals. No other worker can
   * claim the lease meanwhile. A renewal would wait for the row and block the timer of other
   * leases.
   *
   * @param call the call
   * @param <R> the type of its result
   * @return the result of the call
   */
  public <R> R undisturbed(Supplier<R> call) {
    busy = true;
    try {
      return call.get();
    } finally {
      busy = false;
    }
  }

  private synchronized void tick() {
    if (closed || busy) {
      return;
    }
    try {
      if (++polls >= pollsUntilRenewal || watch.isDue()) {
        renew();
        polls = 0;
      } else {
        poll();
      }
      failing = false;
    } catch (LeaseLostException e) {
      watch.lost(e);
      close();
    } catch (BackfillException e) {
      if (!failing) {
        LOG.warn(
            "The lease of backfill {} could not be renewed or read. It is retried: {}",
            lease.backfill().value(),
            e.getMessage());
      }
      failing = true;
      watch.giveUpIfStale();
    } catch (RuntimeException e) {
      LOG.error(
          "Renewing or reading the lease of backfill {} failed.", lease.backfill().value(), e);
      watch.giveUpIfStale();
    }
  }

  private void renew() {
    long requested = time.nanoTime();
    watch.confirmed(requested, store.renew(lease));
  }

  private void poll() {
    Backfill backfill = store.get(lease.backfill());
    if (lease.owner().equals(backfill.holder())) {
      watch.update(backfill.status());
    } else {
      // Only a renewal checks the fence, and so finds out if the lease is lost.
      renew();
    }
  }

  /** Ends the renewals. One that is under way ends first, so that none follows a release. */
  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
