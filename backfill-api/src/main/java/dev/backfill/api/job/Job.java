package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
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
 * @param schedule time of the next run
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
    JobSchedule schedule,
    @Nullable Placement placement,
    @Nullable Dispatch dispatch,
    long version) {

  /** The max length of a reason: {@value} characters. */
  public static final int MAX_REASON = 200;

  /**
   * Checks that the values fit together.
   *
   * @throws IllegalArgumentException if the reason is blank or too long, or a dispatched job has no
   *     dispatch or no placement
   */
  public Job {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw new IllegalArgumentException(
          "the job's reason has "
              + reason.length()
              + " characters; it must have 1 to "
              + MAX_REASON);
    }
    if (state == JobState.DISPATCHED && (dispatch == null || placement == null)) {
      throw new IllegalArgumentException("a dispatched job has a placement and a dispatch");
    }
  }

  /**
   * Returns the same job with another priority and reason.
   *
   * @param urgency the priority
   * @param why the reason; from 1 to {@value #MAX_REASON} characters
   * @return a job for {@link JobStore#update}
   */
  public Job withTrigger(Priority urgency, String why) {
    return new Job(id, key, state, urgency, why, schedule, placement, dispatch, version);
  }

  /**
   * Returns the same job with another state and schedule.
   *
   * @param next the state
   * @param when the schedule
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next, JobSchedule when) {
    return new Job(id, key, next, priority, reason, when, placement, dispatch, version);
  }

  /**
   * Returns the same job at a destination, without a dispatch.
   *
   * @param where the placement, or null to decide again
   * @return a queued job for {@link JobStore#update}
   */
  public Job withPlacement(@Nullable Placement where) {
    return new Job(id, key, JobState.QUEUED, priority, reason, schedule, where, null, version);
  }

  /**
   * Returns the same job, dispatched to its destination.
   *
   * @param requested the dispatch
   * @return a dispatched job for {@link JobStore#update}
   */
  public Job withDispatch(Dispatch requested) {
    return new Job(
        id, key, JobState.DISPATCHED, priority, reason, schedule, placement, requested, version);
  }
}
