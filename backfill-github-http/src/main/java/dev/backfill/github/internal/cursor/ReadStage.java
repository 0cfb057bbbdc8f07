package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How far the reading of a stream has come. */
public sealed interface ReadStage {

  /**
   * Reading everything, oldest first.
   *
   * @param mark GitHub's time before the first page: what changed later may have been missed
   * @param position the place behind the last item
   * @param baseline how many items there should be, or null when nobody knows
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
   * @param pass how many times this has been done in a row; from 1
   * @param listVersion the version of the list that was read last, or null
   * @param run how far this time has come, or null when it has not begun
   * @param baseline how many items there should be, or null when nobody knows
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
   * @param begunAt GitHub's time then
   * @param hasChanges whether something new was found
   * @param position the place behind the last item
   */
  record Run(Instant begunAt, boolean hasChanges, Position position) {}

  /**
   * Nothing was left to read.
   *
   * @param since what changed later is yet to be read
   * @param listVersion the version of the list in which nothing was new, or null
   * @param baseline how many items there should be, or null when nobody knows
   */
  record CaughtUp(
      Instant since, @Nullable ListVersion listVersion, @Nullable ItemCountBaseline baseline)
      implements ReadStage {

    CaughtUp(Instant since, @Nullable ListVersion listVersion) {
      this(since, listVersion, null);
    }
  }

  /** How many items there should be, or null when nobody knows. */
  @Nullable ItemCountBaseline baseline();
}
