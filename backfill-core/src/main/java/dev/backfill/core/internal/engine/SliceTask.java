package dev.backfill.core.internal.engine;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.core.run.BackfillSpec;
import org.jspecify.annotations.Nullable;

/** Task of a slice. The chunk loop is the same for all tasks. */
public interface SliceTask<T> {

  /** Returns the phase of its first chunk, as far as it is known before it. */
  Phase firstPhase(Backfill claimed);

  /** Returns whether the source can continue at the cursor. */
  boolean canResume(Cursor cursor);

  /** Opens a session at the place of the backfill. Sends no request. */
  SourceSession<T> open(Backfill claimed);

  /**
   * Prepares the next chunk from the store. No stop interrupts that.
   *
   * @return false if nothing is left to read
   */
  boolean advance();

  /**
   * Returns the state in which to leave the backfill after everything was read.
   *
   * @param read the completeness of the sessions
   */
  LeaseRelease finished(SliceProgress progress, Completeness read);

  /** Returns the state in which to leave the backfill if the task ends before that. */
  LeaseRelease interrupted(LeaseRelease normal, SliceProgress progress);

  /** Returns whether a finished task that left the backfill in this status is done. */
  boolean isDone(BackfillStatus remaining);

  /** Returns the status of a backfill whose history is read to its end. */
  static BackfillStatus completion(SliceProgress progress, Completeness read) {
    return progress.quarantined() > 0 || read.gaps()
        ? BackfillStatus.COMPLETED_WITH_GAPS
        : BackfillStatus.COMPLETED;
  }

  /** Returns whether the history was read to its end before this task began. */
  default boolean isPastHistory() {
    return false;
  }

  /** Comparison with the source at the end of a task. */
  enum Verifying {
    /** None: the task does not read everything. */
    NOT,
    /** By numbers, and by a list if too little is stored. */
    BY_NUMBERS,
    /** By a list of everything. */
    IN_FULL
  }

  /** Returns the comparison with the source that follows the end of this task. */
  default Verifying verifying() {
    return Verifying.NOT;
  }

  /** Reading of the history, from its cursor. */
  record History<T>(BackfillSpec<T> job, Verifying verifying) implements SliceTask<T> {

    @Override
    public Phase firstPhase(Backfill claimed) {
      return SliceProgress.historyOrCatchUp(claimed);
    }

    @Override
    public boolean canResume(Cursor cursor) {
      return cursor.isStart() || job.source().canResume(cursor);
    }

    @Override
    public SourceSession<T> open(Backfill claimed) {
      return job.source().open(job.target(), claimed.cursor());
    }

    @Override
    public boolean advance() {
      return true;
    }

    @Override
    public LeaseRelease finished(SliceProgress progress, Completeness read) {
      return LeaseRelease.completed(completion(progress, read), null, read.note());
    }

    @Override
    public LeaseRelease interrupted(LeaseRelease normal, SliceProgress progress) {
      return normal;
    }

    @Override
    public boolean isDone(BackfillStatus remaining) {
      return remaining.isCompleted();
    }
  }

  /**
   * Reading of the quarantine. A history that was complete stays complete, however the task ends.
   * Gaps that a note names stay, too.
   *
   * @param before the completeness of the history, or null if it was not complete
   */
  record Retry<T>(QuarantineReader<T> pull, @Nullable Completeness before) implements SliceTask<T> {

    @Override
    public Phase firstPhase(Backfill claimed) {
      return Phase.RETRY;
    }

    @Override
    public boolean canResume(Cursor cursor) {
      return true;
    }

    @Override
    public SourceSession<T> open(Backfill claimed) {
      return pull;
    }

    @Override
    public boolean advance() {
      return pull.advance();
    }

    @Override
    public boolean isPastHistory() {
      return before != null;
    }

    @Override
    public LeaseRelease finished(SliceProgress progress, Completeness read) {
      return interrupted(LeaseRelease.moreToDo(), progress);
    }

    @Override
    public LeaseRelease interrupted(LeaseRelease normal, SliceProgress progress) {
      return before == null
          ? normal
          : new LeaseRelease(
              completion(progress, before), null, normal.error(), null, before.note());
    }

    @Override
    public boolean isDone(BackfillStatus remaining) {
      return true;
    }
  }

  /** Comparison of the stored items with the source's list, after the history was read. */
  record Verification<T>(VerificationReader<T> pull) implements SliceTask<T> {

    @Override
    public Phase firstPhase(Backfill claimed) {
      return Phase.VERIFY;
    }

    @Override
    public boolean canResume(Cursor cursor) {
      return true;
    }

    @Override
    public SourceSession<T> open(Backfill claimed) {
      return pull;
    }

    @Override
    public boolean advance() {
      return pull.advance();
    }

    @Override
    public LeaseRelease finished(SliceProgress progress, Completeness read) {
      return LeaseRelease.completed(completion(progress, read), null, read.note());
    }

    @Override
    public LeaseRelease interrupted(LeaseRelease normal, SliceProgress progress) {
      return normal;
    }

    @Override
    public boolean isDone(BackfillStatus remaining) {
      return remaining.isCompleted();
    }
  }
}
