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
 * @param trigger reason for the next or current run
 * @param schedule time of the next run
 * @param placement the destination, or null while that is not decided
 * @param dispatch the request to another destination, or null
 * @param version number of changes; {@link JobStore#update} refuses a job of an older version
 */
public record Job(
    BackfillId id,
    BackfillKey key,
    JobState state,
    Trigger trigger,
    JobSchedule schedule,
    @Nullable Placement placement,
    @Nullable Dispatch dispatch,
    long version) {

  /**
   * Checks that the values fit together.
   *
   * @throws IllegalArgumentException if a dispatched job has no dispatch or no placement
   */
  public Job {
    if (state == JobState.DISPATCHED && (dispatch == null || placement == null)) {
      throw new IllegalArgumentException("a dispatched job has a placement and a dispatch");
    }
  }

  /**
   * Returns the same job with another state, trigger and schedule.
   *
   * @param next the state
   * @param why the trigger
   * @param when the schedule
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next, Trigger why, JobSchedule when) {
    return new Job(id, key, next, why, when, placement, dispatch, version);
  }

  /**
   * Returns the same job with another state and schedule.
   *
   * @param next the state
   * @param when the schedule
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next, JobSchedule when) {
    return withState(next, trigger, when);
  }

  /**
   * Returns the same job at a destination, without a dispatch.
   *
   * @param where the placement, or null to decide again
   * @return a queued job for {@link JobStore#update}
   */
  public Job withPlacement(@Nullable Placement where) {
    return new Job(id, key, JobState.QUEUED, trigger, schedule, where, null, version);
  }

  /**
   * Returns the same job, dispatched to its destination.
   *
   * @param requested the dispatch
   * @return a dispatched job for {@link JobStore#update}
   */
  public Job withDispatch(Dispatch requested) {
    return new Job(id, key, JobState.DISPATCHED, trigger, schedule, placement, requested, version);
  }
}
