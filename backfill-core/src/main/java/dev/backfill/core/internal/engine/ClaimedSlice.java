package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.core.internal.lease.LeaseKeeper;
import dev.backfill.core.internal.lease.LeaseWatch;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.util.Locale;

/**
 * Slice whose lease was granted: runs its tasks while the lease is renewed, then ends. Used once,
 * by one thread.
 */
final class ClaimedSlice<T> {

  private final EngineContext engine;
  private final BackfillSpec<T> job;
  private final WorkClock work;
  private final Lease lease;
  private final SliceCancellation cancellation;
  private final LeaseKeeper keeper;
  private final Retrier retrier;
  private final SliceProgress progress;
  private final SliceEvents events;
  private final SliceWaits waits;
  private final Recount<T> recount;
  private final TaskSequence<T> tasks;

  ClaimedSlice(
      EngineContext engine,
      BackfillSpec<T> job,
      SliceTask<T> task,
      SliceLimits limits,
      WorkClock work,
      Claim granted,
      long requestedNanos) {
    this.engine = engine;
    this.job = job;
    this.work = work;
    this.lease = granted.lease();
    this.cancellation = SliceCancellation.of(engine.stop());
    LeaseWatch watch = new LeaseWatch(lease, engine.time(), requestedNanos, cancellation.slice());
    this.keeper = new LeaseKeeper(engine.store(), lease, watch, engine.time());
    this.retrier = new Retrier(engine, job.key(), lease, work, cancellation);
    this.progress = new SliceProgress(granted.backfill(), task.firstPhase(granted.backfill()));
    this.events = new SliceEvents(engine, job.key(), progress);
    this.waits =
        new SliceWaits(job.key(), engine.time(), work, cancellation, limits.maxWait(), events);
    this.recount = new Recount<>(job, engine.store(), lease, retrier);
    ChunkLoop<T> loop =
        new ChunkLoop<>(
            engine,
            job,
            keeper,
            retrier,
            work,
            new SliceBudget(limits, work),
            waits,
            new ChunkWriter<>(engine, job, lease, keeper, retrier),
            recount,
            progress,
            events);
    this.tasks =
        new TaskSequence<>(
            job, engine.store(), lease, retrier, loop, recount, progress, events, task);
  }

  SliceResult run() throws InterruptedException {
    Ending ending;
    keeper.start(engine.machine().timers());
    try (keeper) {
      ending = runTasks();
    }
    return ending.finish();
  }

  private Ending runTasks() {
    try {
      LoopEnd end = tasks.run();
      return () -> end().after(end);
    } catch (LeaseLostException e) {
      return () -> end().leaseLost(e);
    } catch (RateLimitedException e) {
      // Wherever a source meets it, a limit is a wait.
      return () ->
          end().suspended(LeaseRelease.waiting(waits.capped(e.until()), Retrier.message(e)));
    } catch (BackfillException e) {
      return () -> end().failed(e);
    } catch (InterruptedException e) {
      return this::interrupted;
    } catch (RuntimeException e) {
      return () -> end().failed(unexpected(e));
    }
  }

  private SliceEnd<T> end() {
    return new SliceEnd<>(
        job.key(),
        engine.store(),
        lease,
        tasks.task(),
        Math.max(1, retrier.failed()),
        progress,
        recount,
        events,
        // A cancellation of the slice does not cancel its release.
        new Retrier(engine, job.key(), lease, work, SliceCancellation.of(engine.stop())));
  }

  private SliceResult interrupted() throws InterruptedException {
    if (cancellation.slice().isSet()) {
      return cancelled();
    }
    boolean requested = engine.stop().isSet();
    SliceResult result = end().suspended(LeaseRelease.moreToDo());
    if (!requested) {
      throw new InterruptedException(job.key() + " was interrupted; its lease was given back");
    }
    return result;
  }

  /** Ends a slice that a user's request or the loss of its lease has cancelled. */
  private SliceResult cancelled() {
    try {
      keeper.status();
    } catch (LeaseLostException e) {
      return end().leaseLost(e);
    }
    return end().steered();
  }

  private BackfillException unexpected(RuntimeException e) {
    return new PermanentFailureException(
        PermanentFailureException.Reason.UNEXPECTED,
        String.format(
            Locale.ROOT,
            "%s stopped before chunk %d because of a bug (%s). All chunks before it are stored. Run it again with logs, and report the bug.",
            job.key(),
            progress.nextChunkNumber(),
            e),
        e);
  }

  /** Rest of the slice after the last renewal of its lease. */
  @FunctionalInterface
  private interface Ending {
    SliceResult finish() throws InterruptedException;
  }
}
