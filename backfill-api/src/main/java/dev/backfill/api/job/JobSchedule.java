package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The time from which a job may run, and its place among due jobs. Moments are on the clock of the
 * manager that set them.
 *
 * @param queuedAt when it was requested
 * @param dueAt the earliest time to run; null if it does not run by itself
 * @param order the moment by which due jobs are served, earliest first; it ages a job by itself
 * @param attempts how many runs failed in a row; 0 or more
 * @param slices how many slices it has had since it was requested; 0 or more
 */
public record JobSchedule(
    Instant queuedAt, @Nullable Instant dueAt, Instant order, int attempts, long slices) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException when one is negative
   */
  public JobSchedule {
    if (attempts < 0 || slices < 0) {
      throw new IllegalArgumentException(
          attempts + " attempts and " + slices + " slices; neither may be negative");
    }
  }

  /**
   * Returns this schedule with another due time.
   *
   * @param due the earliest time to run; null if the job does not run by itself
   * @return a schedule that has everything else from this one
   */
  public JobSchedule withDueAt(@Nullable Instant due) {
    return new JobSchedule(queuedAt, due, order, attempts, slices);
  }

  /**
   * Returns this schedule with another number of failed runs.
   *
   * @param failed how many runs failed in a row; 0 or more
   * @return a schedule that has everything else from this one
   * @throws IllegalArgumentException if {@code failed} is negative
   */
  public JobSchedule withAttempts(int failed) {
    return new JobSchedule(queuedAt, dueAt, order, failed, slices);
  }
}
