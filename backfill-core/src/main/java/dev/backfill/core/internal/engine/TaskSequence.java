package dev.backfill.core.internal.engine;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.BackfillSpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sequence of a slice's tasks: the history or the quarantine, then the verification of a history
 * that was read to its end.
 */
final class TaskSequence<T> {

  private static final Logger LOG = LoggerFactory.getLogger(TaskSequence.class);

  private final BackfillSpec<T> job;
  private final ProgressStore store;
  private final Lease lease;
  private final Retrier retrier;
  private final ChunkLoop<T> loop;
  private final Recount<T> recount;
  private final SliceProgress progress;
  private final SliceEvents events;
  private SliceTask<T> task;

  TaskSequence(
      BackfillSpec<T> job,
      ProgressStore store,
      Lease lease,
      Retrier retrier,
      ChunkLoop<T> loop,
      Recount<T> recount,
      SliceProgress progress,
      SliceEvents events,
      SliceTask<T> first) {
    this.job = job;
    this.store = store;
    this.lease = lease;
    this.retrier = retrier;
    this.loop = loop;
    this.recount = recount;
    this.progress = progress;
    this.events = events;
    this.task = first;
  }

  /** Returns the task that runs, or that ended last. */
  SliceTask<T> task() {
    return task;
  }

  /** Runs the tasks until one ends before it has read everything, or until there are no more. */
  LoopEnd run() throws InterruptedException {
    rewindIfIncompatible();
    events.started();
    LoopEnd end = loop.run(task);
    return end instanceof LoopEnd.Finished read && task.verifying() != SliceTask.Verifying.NOT
        ? verify(read)
        : end;
  }

  /** Moves the backfill to its start if its source cannot continue at its cursor. */
  private void rewindIfIncompatible() throws InterruptedException {
    if (!task.canResume(progress.cursor())) {
      LOG.info(
          "{}: the source now fetches more of each item; fetching the history again from its start.",
          job.key());
      progress.rewound(retrier.call(() -> store.rewind(lease)));
    }
  }

  /** Compares what is stored with the source, before the history counts as complete. */
  private LoopEnd verify(LoopEnd.Finished history) throws InterruptedException {
    Reconciliation<T> reconciliation = new Reconciliation<>(job, store, progress.backfill());
    Cursor endOfHistory = progress.cursor();
    Long known = recount.count(progress);
    boolean nothingWasNew =
        progress.counts().items() == 0 && !retrier.call(reconciliation::hasStoredSinceCompletion);
    boolean inFull = task.verifying() == SliceTask.Verifying.IN_FULL;
    Optional<VerificationReader<T>> verification =
        retrier.call(() -> verification(reconciliation, history, known, nothingWasNew, inFull));
    Long stored = known;
    Completeness completeness = history.completeness();
    if (verification.isPresent()) {
      recount.correct(progress, stored);
      LoopEnd end = compare(verification.get());
      if (!(end instanceof LoopEnd.Finished compared)) {
        return end;
      }
      completeness = completeness.and(compared.completeness());
      stored = recount.count(progress);
    }
    recount.correct(progress, stored);
    Long counted = stored == null ? Long.valueOf(progress.counters().processed()) : stored;
    completeness = completeness.and(reconciliation.remark(verification.orElse(null), stored));
    if (completeness.unavailable()) {
      completeness =
          completeness.and(reconciliation.postponed(stored, inFull || verification.isPresent()));
    }
    if (inFull || reconciliation.isWorthComparing(nothingWasNew)) {
      completeness = completeness.and(retrier.call(() -> reconciliation.difference(endOfHistory)));
    }
    return new LoopEnd.Finished(history.total(), completeness, counted);
  }

  /** Opens a listing of everything; empty if the numbers suffice, or if nothing can be compared. */
  private Optional<VerificationReader<T>> verification(
      Reconciliation<T> reconciliation,
      LoopEnd.Finished history,
      @Nullable Long stored,
      boolean nothingWasNew,
      boolean inFull) {
    boolean listed = !history.completeness().unavailable();
    Total stated = history.total();
    Optional<VerificationReader<T>> verification =
        listed && (inFull || reconciliation.isOpen(progress.total(), stated, nothingWasNew, stored))
            ? reconciliation.open(progress.cursor(), inFull ? null : stored, stated)
            : Optional.empty();
    if (listed && inFull && (verification.isEmpty() || stored == null)) {
      LOG.warn(
          "{}: the source cannot list its items, or the sink cannot list its keys. Nothing was compared.",
          job.key());
    }
    return verification;
  }

  /** Fetches every listed item that is not stored. */
  private LoopEnd compare(VerificationReader<T> listing) throws InterruptedException {
    task = new SliceTask.Verification<>(listing);
    progress.beginVerification();
    LOG.info("{}: comparing what is stored with what the source lists.", job.key());
    return loop.run(task);
  }
}
