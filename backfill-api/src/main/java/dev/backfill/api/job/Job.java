package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The job of a tracked backfill, as it was stored at the moment of reading. A tracked target has
 * one for each source.
 *
 * @param id number of the backfill
 * @param key source and target of the backfill
 * @param state the current state
 * @param priority the urgency of the next or current run
 * @param reason cause of the next or current run, in a few words; from 1 to {@value #MAX_REASON}
 *     characters, without secrets
 * @param queuedAt when the run was requested; this and the next moments are on the clock of the
 *     manager that set them
 * @param dueAt the earliest time to run; null if it does not run by itself
 * @param order the moment by which due jobs are served, earliest first; it ages a job by itself
 * @param attempts how many runs failed in a row; 0 or more
 * @param slices how many slices it has had since it was requested; 0 or more
 * @param placement the destination, or null while that is not decided
 * @param dispatch the request to another destination, or null
 * @param version number of changes; {@link JobStore#update} refuses a job of an older version
 */
public record Job(
    BackfillId id,
    BackfillKey key,
    JobState state,
    Priority priority,
    String reason,
    Instant queuedAt,
    @Nullable Instant dueAt,
    Instant order,
    int attempts,
    long slices,
    @Nullable Placement placement,
    @Nullable Dispatch dispatch,
    long version) {

  /** The max length of a reason: {@value} characters. */
  public static final int MAX_REASON = 200;

  /**
   * Checks that the values fit together.
   *
   * @throws IllegalArgumentException if the reason is blank or too long, a number is negative, or a
   *     dispatched job has no dispatch or no placement
   */
  public Job {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw new IllegalArgumentException(
          "the job's reason has "
              + reason.length()
              + " characters; it must have 1 to "
              + MAX_REASON);
    }
    if (attempts < 0 || slices < 0) {
      throw new IllegalArgumentException(
          attempts + " attempts and " + slices + " slices; neither may be negative");
    }
    if (state == JobState.DISPATCHED && (dispatch == null || placement == null)) {
      throw new IllegalArgumentException("a dispatched job has a placement and a dispatch");
    }
  }

  /**
   * Returns the same job with another state.
   *
   * @param next the state
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next) {
    return new Job(
        id, key, next, priority, reason, queuedAt, dueAt, order, attempts, slices, placement,
        dispatch, version);
  }

  /**
   * Returns the same job with another priority and reason.
   *
   * @param urgency the priority
   * @param why the reason; from 1 to {@value #MAX_REASON} characters
   * @return a job for {@link JobStore#update}
   */
  public Job withTrigger(Priority urgency, String why) {
    return new Job(
        id, key, state, urgency, why, queuedAt, dueAt, order, attempts, slices, placement, dispatch,
        version);
  }

  /**
   * Returns the same job with another schedule.
   *
   * @param queued when the run was requested
   * @param due the earliest time to run; null if the job does not run by itself
   * @param served the moment by which it is served among due jobs
   * @param failed how many runs failed in a row; 0 or more
   * @param done how many slices it has had; 0 or more
   * @return a job for {@link JobStore#update}
   */
  public Job withSchedule(
      Instant queued, @Nullable Instant due, Instant served, int failed, long done) {
    return new Job(
        id, key, state, priority, reason, queued, due, served, failed, done, placement, dispatch,
        version);
  }

  /**
   * Returns the same job with another due time.
   *
   * @param due the earliest time to run; null if the job does not run by itself
   * @return a job for {@link JobStore#update}
   */
  public Job withDueAt(@Nullable Instant due) {
    return withSchedule(queuedAt, due, order, attempts, slices);
  }

  /**
   * Returns the same job with another number of failed runs.
   *
   * @param failed how many runs failed in a row; 0 or more
   * @return a job for {@link JobStore#update}
   */
  public Job withAttempts(int failed) {
    return withSchedule(queuedAt, dueAt, order, failed, slices);
  }

  /**
   * Returns the same job at a destination, without a dispatch.
   *
   * @param where the placement, or null to decide again
   * @return a queued job for {@link JobStore#update}
   */
  public Job withPlacement(@Nullable Placement where) {
    return new Job(
        id,
        key,
        JobState.QUEUED,
        priority,
        reason,
        queuedAt,
        dueAt,
        order,
        attempts,
        slices,
        where,
        null,
        version);
  }

  /**
   * Returns the same job, dispatched to its destination.
   *
   * @param requested the dispatch
   * @return a dispatched job for {@link JobStore#update}
   */
  public Job withDispatch(Dispatch requested) {
    return new Job(
        id,
        key,
        JobState.DISPATCHED,
        priority,
        reason,
        queuedAt,
        dueAt,
        order,
        attempts,
        slices,
        placement,
        requested,
        version);
  }
}
