package dev.backfill.core;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Pull;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Release;
import org.jspecify.annotations.Nullable;

/** What a slice does with its lease: the chunk loop is the same for all errands. */
interface Errand<T> {

  /** The phase in which it begins, as far as it is known before the first chunk. */
  Journey begin(Backfill claimed);

  /** Whether what the cursor's items were read with is enough. */
  boolean resumes(Cursor cursor);

  /** Opens a session where the backfill stands; sends no request. */
  Pull<T> open(Backfill claimed);

  /**
   * Gets ready for the next chunk from the store, which no stop may interrupt.
   *
   * @return false when nothing is left to read
   */
  boolean advance();

  /** How to leave the backfill when all is read; {@code read} is about the sessions of it. */
  Release finished(Journey journey, Completeness read);

  /** How to leave the backfill when it ends before that, where nothing else was decided. */
  Release interrupted(Release usual, Journey journey);

  /** Whether a finished errand that left the backfill like this has done what was asked. */
  boolean isDone(BackfillStatus left);

  /** The status of a backfill whose history is read to its end. */
  static BackfillStatus completion(Journey journey, Completeness read) {
    return journey.quarantined() > 0 || read.gaps()
        ? BackfillStatus.COMPLETED_WITH_GAPS
        : BackfillStatus.COMPLETED;
  }

  /** Whether the history had been read to its end before this errand began. */
  default boolean isPastHistory() {
    return false;
  }

  /** How the end of an errand is compared with the source. */
  enum Verifying {
    /** Not at all: it has not read everything. */
    NOT,
    /** By numbers, and by a list where too little is stored. */
    BY_NUMBERS,
    /** By a list of everything. */
    IN_FULL
  }

  /**
   * Whether this errand is followed by a comparison with the source once it has read to its end.
   */
  default Verifying verifying() {
    return Verifying.NOT;
  }

  /** Reading the history on from where it stands. */
  record History<T>(BackfillJob<T> job, Verifying verifying) implements Errand<T> {

    @Override
    public Journey begin(Backfill claimed) {
      return new Journey(claimed);
    }

    @Override
    public boolean resumes(Cursor cursor) {
      return cursor.isStart() || job.source().resumes(cursor);
    }

    @Override
    public Pull<T> open(Backfill claimed) {
      return job.source().open(job.target(), claimed.position().cursor());
    }

    @Override
    public boolean advance() {
      return true;
    }

    @Override
    public Release finished(Journey journey, Completeness read) {
      return Release.completed(completion(journey, read), null, read.note());
    }

    @Override
    public Release interrupted(Release usual, Journey journey) {
      return usual;
    }

    @Override
    public boolean isDone(BackfillStatus left) {
      return left.isCompleted();
    }
  }

  /**
   * Reading the quarantine again. A history that was complete stays so, however the errand ends: it
   * has not become shorter. Gaps that a note names stay, too.
   *
   * @param before the completeness of the history, or null when it was not complete
   */
  record Retry<T>(QuarantinePull<T> pull, @Nullable Completeness before) implements Errand<T> {

    @Override
    public Journey begin(Backfill claimed) {
      return new Journey(claimed, Phase.RETRY);
    }

    @Override
    public boolean resumes(Cursor cursor) {
      return true;
    }

    @Override
    public Pull<T> open(Backfill claimed) {
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
    public Release finished(Journey journey, Completeness read) {
      return interrupted(Release.moreToDo(), journey);
    }

    @Override
    public Release interrupted(Release usual, Journey journey) {
      return before == null
          ? usual
          : new Release(completion(journey, before), null, usual.error(), null, before.note());
    }

    @Override
    public boolean isDone(BackfillStatus left) {
      return true;
    }
  }

  /** Comparing what is stored with what the source lists, after the history was read. */
  record Verification<T>(VerificationPull<T> pull) implements Errand<T> {

    @Override
    public Journey begin(Backfill claimed) {
      throw new IllegalStateException("a verification goes on with the journey of the history");
    }

    @Override
    public boolean resumes(Cursor cursor) {
      return true;
    }

    @Override
    public Pull<T> open(Backfill claimed) {
      return pull;
    }

    @Override
    public boolean advance() {
      return pull.advance();
    }

    @Override
    public Release finished(Journey journey, Completeness read) {
      return Release.completed(completion(journey, read), null, read.note());
    }

    @Override
    public Release interrupted(Release usual, Journey journey) {
      return usual;
    }

    @Override
    public boolean isDone(BackfillStatus left) {
      return left.isCompleted();
    }
  }
}
