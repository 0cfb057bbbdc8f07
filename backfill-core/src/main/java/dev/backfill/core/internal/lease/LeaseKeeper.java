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
 * Renews a lease from a timer while its holder works, each third of its time to live, and looks
 * twice a second whether a person has asked to pause or cancel; tells the holder's {@link
 * LeaseWatch} what the store answers.
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
   * Creates a keeper that does nothing by itself yet.
   *
   * @param store where the lease is
   * @param lease the lease
   * @param watch who hears of it
   * @param time the holder's clock
   */
  public LeaseKeeper(ProgressStore store, Lease lease, LeaseWatch watch, TimeSource time) {
    this.store = store;
    this.lease = lease;
    this.watch = watch;
    this.time = time;
  }

  /**
   * Begins to renew and to look.
   *
   * @param scheduler whose timer to use
   */
  public synchronized void start(ScheduledExecutorService scheduler) {
    long renewal = Math.max(1, lease.timeToLive().toMillis() / RENEWALS);
    long look = Math.min(renewal, POLL_INTERVAL.toMillis());
    pollsUntilRenewal = renewal / look;
    timer = scheduler.scheduleWithFixedDelay(this::tick, look, look, TimeUnit.MILLISECONDS);
  }

  /**
   * What is known of the backfill; asks for a renewal first where the last one is too old, since
   * nothing may be begun under a lease that somebody else may hold.
   *
   * @return its status
   * @throws LeaseLostException when somebody else holds the lease, or may
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
   * The store has made the lease last longer with a commit.
   *
   * @param requestedNanos the monotonic time just before the store was asked
   * @param status where the backfill stands
   */
  public void confirmed(long requestedNanos, BackfillStatus status) {
    watch.confirmed(requestedNanos, status);
  }

  /**
   * Does something that holds the backfill's row in the store. Meanwhile nobody else gets the
   * lease, and a renewal would wait for the row, with the timer that others need.
   *
   * @param call what to do
   * @param <R> what comes of it
   * @return what comes of it
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
            "The lease of backfill {} could not be looked after, and this is tried again: {}",
            lease.backfill().value(),
            e.getMessage());
      }
      failing = true;
      watch.giveUpIfStale();
    } catch (RuntimeException e) {
      LOG.error("Looking after the lease of backfill {} failed.", lease.backfill().value(), e);
      watch.giveUpIfStale();
    }
  }

  private void renew() {
    long requested = time.nanoTime();
    watch.confirmed(requested, store.renew(lease));
  }

  private void poll() {
    Backfill backfill = store.get(lease.backfill());
    Backfill.Holder holder = backfill.holder();
    if (holder != null && holder.owner().equals(lease.owner())) {
      watch.update(backfill.status());
    } else {
      // Only a renewal knows the fence; it says whether the lease is really lost.
      renew();
    }
  }

  /** Ends renewing; a renewal under way ends first, so that none comes after a release. */
  @Override
  public synchronized void close() {
    closed = true;
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
