package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The progress of reading a stream. */
public sealed interface ReadStage {

  /**
   * Reading everything, oldest first.
   *
   * @param mark GitHub's time before the first page: later changes may have been missed
   * @param position the position behind the last item
   * @param baseline the expected number of items, or null if unknown
   */
  record History(Instant mark, Position position, @Nullable ItemCountBaseline baseline)
      implements ReadStage {

    public History(Instant mark, Position position) {
      this(mark, position, null);
    }
  }

  /**
   * Reading what changed since a time, newest first.
   *
   * @param since the time
   * @param pass the number of this pass in a row; from 1
   * @param listVersion the version of the list that was read last, or null
   * @param run the progress of this pass, or null if it has not begun
   * @param baseline the expected number of items, or null if unknown
   */
  record CatchUp(
      Instant since,
      int pass,
      @Nullable ListVersion listVersion,
      @Nullable Run run,
      @Nullable ItemCountBaseline baseline)
      implements ReadStage {

    public CatchUp(Instant since, int pass, @Nullable ListVersion listVersion, @Nullable Run run) {
      this(since, pass, listVersion, run, null);
    }
  }

  /**
   * A pass of the catch-up that has begun.
   *
   * @param begunAt GitHub's time of its beginning
   * @param hasChanges true if something new was found
   * @param position the position behind the last item
   */
  record Run(Instant begunAt, boolean hasChanges, Position position) {}

  /**
   * The end: nothing was left to read.
   *
   * @param since the time after which changes are yet to be read
   * @param listVersion the version of the list in which nothing was new, or null
   * @param baseline the expected number of items, or null if unknown
   */
  record CaughtUp(
      Instant since, @Nullable ListVersion listVersion, @Nullable ItemCountBaseline baseline)
      implements ReadStage {

    CaughtUp(Instant since, @Nullable ListVersion listVersion) {
      this(since, listVersion, null);
    }
  }

  /** Returns the expected number of items, or null if unknown. */
  @Nullable ItemCountBaseline baseline();
}
