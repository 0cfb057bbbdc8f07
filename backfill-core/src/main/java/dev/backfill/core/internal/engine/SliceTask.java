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

/** What a slice does with its lease: the chunk loop is the same for all tasks. */
public interface SliceTask<T> {

  /** Returns the phase of its first chunk, as far as it is known before it. */
  Phase firstPhase(Backfill claimed);

  /** Whether what the cursor's items were read with is enough. */
  boolean canResume(Cursor cursor);

  /** Opens a session where the backfill stands; sends no request. */
  SourceSession<T> open(Backfill claimed);

  /**
   * Gets ready for the next chunk from the store, which no stop may interrupt.
   *
   * @return false when nothing is left to read
   */
  boolean advance();

  /** How to leave the backfill when all is read; {@code read} is about the sessions of it. */
  LeaseRelease finished(SliceProgress progress, Completeness read);

  /** How to leave the backfill when it ends before that, where nothing else was decided. */
  LeaseRelease interrupted(LeaseRelease normal, SliceProgress progress);

  /** Whether a finished task that left the backfill like this has done what was asked. */
  boolean isDone(BackfillStatus remaining);

  /** The status of a backfill whose history is read to its end. */
  static BackfillStatus completion(SliceProgress progress, Completeness read) {
    return progress.quarantined() > 0 || read.gaps()
        ? BackfillStatus.COMPLETED_WITH_GAPS
        : BackfillStatus.COMPLETED;
  }

  /** Whether the history had been read to its end before this task began. */
  default boolean isPastHistory() {
    return false;
  }

  /** How the end of a task is compared with the source. */
  enum Verifying {
    /** Not at all: it has not read everything. */
    NOT,
    /** By numbers, and by a list where too little is stored. */
    BY_NUMBERS,
    /** By a list of everything. */
    IN_FULL
  }

  /** Whether this task is followed by a comparison with the source once it has read to its end. */
  default Verifying verifying() {
    return Verifying.NOT;
  }

  /** Reading the history on from where it stands. */
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
   * Reading the quarantine again. A history that was complete stays so, however the task ends: it
   * has not become shorter. Gaps that a note names stay, too.
   *
   * @param before the completeness of the history, or null when it was not complete
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

  /** Comparing what is stored with what the source lists, after the history was read. */
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
