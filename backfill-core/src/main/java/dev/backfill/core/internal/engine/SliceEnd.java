package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** End of a slice: releases the lease, publishes the end and returns the result. Used once. */
final class SliceEnd<T> {

  private static final Logger LOG = LoggerFactory.getLogger(SliceEnd.class);

  private final BackfillKey key;
  private final ProgressStore store;
  private final Lease lease;
  private final SliceTask<T> task;
  private final int failedAttempts;
  private final SliceProgress progress;
  private final Recount<T> recount;
  private final SliceEvents events;
  private final Retrier retrier;

  /**
   * Creates the end of a slice.
   *
   * @param task the task that ended
   * @param failedAttempts how many attempts of the last step failed in a row
   * @param retrier repeats the release; only a stop of the engine ends it
   */
  SliceEnd(
      BackfillKey key,
      ProgressStore store,
      Lease lease,
      SliceTask<T> task,
      int failedAttempts,
      SliceProgress progress,
      Recount<T> recount,
      SliceEvents events,
      Retrier retrier) {
    this.key = key;
    this.store = store;
    this.lease = lease;
    this.task = task;
    this.failedAttempts = failedAttempts;
    this.progress = progress;
    this.recount = recount;
    this.events = events;
    this.retrier = retrier;
  }

  /** Ends a slice whose chunk loop ended without a failure. */
  SliceResult after(LoopEnd end) {
    if (end instanceof LoopEnd.Finished finished) {
      return finished(finished);
    }
    return end instanceof LoopEnd.Suspended suspended ? suspended(suspended.release()) : steered();
  }

  private SliceResult finished(LoopEnd.Finished end) {
    if (task.isPastHistory()) {
      recountPastHistory();
    }
    LeaseRelease release = task.finished(progress, end.completeness());
    return released(
        release.status().isCompleted()
            ? LeaseRelease.completed(release.status(), end.counted(), release.note())
            : release,
        null,
        true);
  }

  /** Ends a slice that has more to do, as its task wants to be left. */
  SliceResult suspended(LeaseRelease normal) {
    recountPastHistory();
    return released(task.interrupted(normal, progress), normal.waiting(), false);
  }

  /** Ends a slice in whose backfill the store has a request of a user. */
  SliceResult steered() {
    recountPastHistory();
    return released(LeaseRelease.moreToDo(), null, false);
  }

  SliceResult leaseLost(LeaseLostException e) {
    LOG.warn("{}: {}", key, e.getMessage());
    events.ended(BackfillStatus.RUNNING, Retrier.message(e));
    return stopped(progress.backfill(), StopReason.LEASE_LOST, e);
  }

  SliceResult failed(BackfillException e) {
    Backfill backfill = progress.backfill();
    LeaseRelease release = task.interrupted(LeaseRelease.failed(Retrier.message(e)), progress);
    try {
      backfill = store.release(lease, release);
    } catch (BackfillException unreleased) {
      LOG.warn(
          "{}: the failure could not be stored; the lease expires: {}",
          key,
          unreleased.getMessage());
      e.addSuppressed(unreleased);
    }
    events.ended(release.status(), Retrier.message(e));
    events.failed(e, failedAttempts);
    return stopped(backfill, StopReason.FAILED, e);
  }

  private SliceResult stopped(Backfill backfill, StopReason reason, BackfillException e) {
    return new SliceResult.Stopped(backfill, progress.counts(), reason, Retrier.message(e), e);
  }

  /** Returns the result for a backfill that a user has paused or cancelled. */
  static SliceResult.Stopped stoppedByUser(Backfill backfill, SliceResult.Counts counts) {
    boolean paused =
        backfill.status() == BackfillStatus.PAUSED || backfill.status() == BackfillStatus.PAUSING;
    String message =
        String.format(
            Locale.ROOT,
            "%s is %s at %d items. They are stored. Resume it to continue.",
            backfill.key(),
            paused ? "paused" : "cancelled",
            backfill.counters().processed());
    return new SliceResult.Stopped(
        backfill, counts, paused ? StopReason.PAUSED : StopReason.CANCELLED, message, null);
  }

  /** A slice that ends past the history leaves counters that agree with the rows. */
  private void recountPastHistory() {
    if (progress.counts().chunks() > 0 && (progress.isPastHistory() || task.isPastHistory())) {
      recount.atTheEnd(progress);
    }
  }

  /** Releases the lease. The state of the backfill in the store decides the result. */
  private SliceResult released(
      LeaseRelease release, Decision.@Nullable Wait wait, boolean isFinished) {
    Backfill backfill;
    try {
      backfill = release(release);
    } catch (LeaseLostException e) {
      return leaseLost(e);
    } catch (BackfillException e) {
      return failed(e);
    } catch (InterruptedException e) {
      // A stop during the pause between two attempts: the lease then ends by itself.
      return new SliceResult.ContinueNow(progress.backfill(), progress.counts());
    }
    progress.counted(backfill.counters());
    events.ended(backfill.status(), null);
    return result(backfill, wait, isFinished);
  }

  /** A release whose answer was lost was carried out if the backfill has no holder now. */
  private Backfill release(LeaseRelease release) throws InterruptedException {
    try {
      return retrier.call(() -> store.release(lease, release));
    } catch (LeaseLostException e) {
      if (retrier.failed() == 0) {
        throw e;
      }
      Backfill remaining = retrier.callUnrecorded(() -> store.get(lease.backfill()));
      if (remaining.holder() != null) {
        throw e;
      }
      return remaining;
    }
  }

  private SliceResult result(Backfill backfill, Decision.@Nullable Wait wait, boolean isFinished) {
    BackfillStatus status = backfill.status();
    SliceResult.Counts counts = progress.counts();
    if (isFinished && task.isDone(status)) {
      events.recovered();
      return new SliceResult.Done(backfill, counts);
    }
    if (!status.isClaimable()) {
      return stoppedByUser(backfill, counts);
    }
    // A history that was complete is left so, and does not keep the wait.
    Decision.Wait waiting = status.isCompleted() ? wait : backfill.waiting();
    return waiting == null
        ? new SliceResult.ContinueNow(backfill, counts)
        : new SliceResult.ContinueAt(backfill, counts, waiting.until(), waiting.reason());
  }
}
