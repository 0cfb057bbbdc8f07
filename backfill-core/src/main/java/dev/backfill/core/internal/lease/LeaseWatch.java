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
 * What a holder knows of its lease: since when it is certain, by its own monotonic clock, and what
 * was last heard of the backfill. A lease that was not confirmed for nearly its time to live counts
 * as lost: somebody else may hold it by now. Safe for any number of threads; never blocks.
 */
public final class LeaseWatch {

  /** A tenth of the time to live stays unused, as two clocks never run alike. */
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
   * Begins to watch a lease.
   *
   * @param lease the lease
   * @param time the holder's clock
   * @param requestedNanos the monotonic time just before the lease was asked for
   * @param cancellation is set once the holder should end what it is doing: the lease is lost, or a
   *     person asked to pause or cancel
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
   * The store has made the lease last longer.
   *
   * @param requestedNanos the monotonic time just before the store was asked
   * @param status where the backfill stands
   */
  public synchronized void confirmed(long requestedNanos, BackfillStatus status) {
    if (requestedNanos - confirmedNanos > 0) {
      confirmedNanos = requestedNanos;
    }
    update(status);
  }

  /**
   * The store says where the backfill stands.
   *
   * @param status its status
   */
  public synchronized void update(BackfillStatus status) {
    this.status = status;
    if (!status.isClaimable()) {
      cancellation.set();
    }
  }

  /**
   * The lease is somebody else's.
   *
   * @param failure what the store said
   */
  public synchronized void lost(LeaseLostException failure) {
    if (lost == null) {
      lost = failure;
    }
    cancellation.set();
  }

  /**
   * Whether the lease was not confirmed for nearly its time to live.
   *
   * @return true when somebody else may hold it
   */
  public synchronized boolean isStale() {
    return unconfirmed().compareTo(timeout) > 0;
  }

  /**
   * Whether a renewal is due: a third of the time to live has passed since the last confirmation.
   *
   * @return true when the lease should be renewed now
   */
  public synchronized boolean isDue() {
    return unconfirmed().compareTo(renewal) >= 0;
  }

  /** Gives the lease up when it is stale: it could not be renewed in time. */
  public synchronized void giveUpIfStale() {
    if (isStale()) {
      lost(
          new LeaseLostException(
              String.format(
                  Locale.ROOT,
                  "Worker %s could not renew its lease of backfill %d for %s, so somebody else may"
                      + " hold it; it begins nothing more, everything committed is stored, and"
                      + " whoever claims it next goes on.",
                  lease.owner(),
                  lease.backfill().value(),
                  unconfirmed())));
    }
  }

  private Duration unconfirmed() {
    return Duration.ofNanos(time.nanoTime() - confirmedNanos);
  }

  /**
   * What was last heard of the backfill.
   *
   * @return its status
   * @throws LeaseLostException when somebody else holds the lease, or may
   */
  public synchronized BackfillStatus status() {
    LeaseLostException failure = lost;
    if (failure != null) {
      throw failure;
    }
    return status;
  }
}
