package dev.backfill.api.store;

/**
 * The number of rows of each kind that retention removes.
 *
 * @param runs runs that have ended; 0 or more
 * @param transitions changes of a status or holder; 0 or more
 * @param chunks chunks of completed backfills; 0 or more
 * @param jobEvents events of jobs; 0 or more
 */
public record Pruned(long runs, long transitions, long chunks, long jobEvents) {

  /** No rows. */
  public static final Pruned NONE = new Pruned(0, 0, 0, 0);

  /**
   * Adds numbers.
   *
   * @param other the other numbers
   * @return the sums
   */
  public Pruned plus(Pruned other) {
    return new Pruned(
        runs + other.runs,
        transitions + other.transitions,
        chunks + other.chunks,
        jobEvents + other.jobEvents);
  }

  /**
   * Sums all kinds.
   *
   * @return the number of rows; 0 or more
   */
  public long rows() {
    return runs + transitions + chunks + jobEvents;
  }
}
