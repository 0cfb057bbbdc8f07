package dev.backfill.core.internal.lease;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.internal.StopSignal;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Watch of a lease: tracks the last confirmation, on the holder's monotonic clock, and the last
 * known status of the backfill. A lease that was not confirmed for nearly its time to live counts
 * as lost, since another worker may hold it. Safe for any number of threads; never blocks.
 */
public final class LeaseWatch {

  /** A tenth of the time to live stays unused, since two clocks never run alike. */
  private static final int MARGIN = 10;

  private static final int RENEWALS = 3;

  private final Lease lease;
  private final TimeSource time;
  private final StopSignal cancellation;
  private final Duration timeout;
  private final Duration renewal;
  private long confirmedNanos;
  private BackfillStatus status = BackfillStatus.RUNNING;
  private @Nullable LeaseLostException lost;

  /**
   * Creates the watch of a lease.
   *
   * @param lease the lease
   * @param time the holder's clock
   * @param requestedNanos the monotonic time just before the claim
   * @param cancellation set once the lease is lost, or a user has paused or cancelled
   */
  public LeaseWatch(Lease lease, TimeSource time, long requestedNanos, StopSignal cancellation) {
    this.lease = lease;
    this.time = time;
    this.confirmedNanos = requestedNanos;
    this.cancellation = cancellation;
    this.timeout = lease.timeToLive().minus(lease.timeToLive().dividedBy(MARGIN));
    this.renewal = lease.timeToLive().dividedBy(RENEWALS);
  }

  /**
   * Confirms the lease, which the store has renewed.
   *
   * @param requestedNanos the monotonic time just before the request
   * @param status the status of the backfill
   */
  public synchronized void confirmed(long requestedNanos, BackfillStatus status) {
    if (requestedNanos - confirmedNanos > 0) {
      confirmedNanos = requestedNanos;
    }
    update(status);
  }

  /**
   * Updates the status of the backfill.
   *
   * @param status the status
   */
  public synchronized void update(BackfillStatus status) {
    this.status = status;
    if (!status.isClaimable()) {
      cancellation.set();
    }
  }

  /**
   * Marks the lease as lost.
   *
   * @param failure the failure from the store
   */
  public synchronized void lost(LeaseLostException failure) {
    if (lost == null) {
      lost = failure;
    }
    cancellation.set();
  }

  /**
   * Returns whether the lease was not confirmed for nearly its time to live.
   *
   * @return true if another worker may hold it
   */
  public synchronized boolean isStale() {
    return unconfirmed().compareTo(timeout) > 0;
  }

  /**
   * Returns whether a third of the time to live has passed since the last confirmation.
   *
   * @return true if the lease is due for a renewal
   */
  public synchronized boolean isDue() {
    return unconfirmed().compareTo(renewal) >= 0;
  }

  /** Marks a stale lease as lost: it could not be renewed in time. */
  public synchronized void giveUpIfStale() {
    if (isStale()) {
      lost(
          new LeaseLostException(
              String.format(
                  Locale.ROOT,
                  "Worker %s could not renew its lease of backfill %d for %s, so another worker may hold it. Committed items are stored. The next worker continues.",
                  lease.owner(),
                  lease.backfill().value(),
                  unconfirmed())));
    }
  }

  private Duration unconfirmed() {
    return Duration.ofNanos(time.nanoTime() - confirmedNanos);
  }

  /**
   * Returns the last known status of the backfill.
   *
   * @return the status
   * @throws LeaseLostException if another worker holds the lease, or may hold it
   */
  public synchronized BackfillStatus status() {
    LeaseLostException failure = lost;
    if (failure != null) {
      throw failure;
    }
    return status;
  }
}
