package dev.backfill.api.job;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import org.jspecify.annotations.Nullable;

/**
 * A backfill that is looked after, as it was stored when it was read: there is one for each source
 * of a tracked target.
 *
 * @param id its backfill's number
 * @param key its source and target
 * @param state where it stands
 * @param trigger why it is to run
 * @param schedule when it runs
 * @param assignment where it runs
 * @param version grows with each change; a change is made to the version that it was worked out for
 */
public record Job(
    BackfillId id,
    BackfillKey key,
    JobState state,
    Trigger trigger,
    JobSchedule schedule,
    Assignment assignment,
    long version) {

  /**
   * Checks that the values fit together.
   *
   * @throws IllegalArgumentException when a dispatched job has no dispatch or no placement
   */
  public Job {
    if (state == JobState.DISPATCHED
        && (assignment.dispatch() == null || assignment.placement() == null)) {
      throw new IllegalArgumentException("a dispatched job has a placement and a dispatch");
    }
  }

  /**
   * Where it runs.
   *
   * @return the placement, or null while that is not decided
   */
  public @Nullable Placement placement() {
    return assignment.placement();
  }

  /**
   * What was asked of another destination.
   *
   * @return the dispatch, or null
   */
  public @Nullable Dispatch dispatch() {
    return assignment.dispatch();
  }

  /**
   * The same job, to run for another reason or at another time.
   *
   * @param next where it stands
   * @param why why it is to run
   * @param when when it runs
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next, Trigger why, JobSchedule when) {
    return new Job(id, key, next, why, when, assignment, version);
  }

  /**
   * The same job, to run at another time.
   *
   * @param next where it stands
   * @param when when it runs
   * @return a job for {@link JobStore#update}
   */
  public Job withState(JobState next, JobSchedule when) {
    return withState(next, trigger, when);
  }

  /**
   * The same job, placed; what was asked of another destination before is over.
   *
   * @param where where it runs, or null to decide again
   * @return a queued job for {@link JobStore#update}
   */
  public Job withPlacement(@Nullable Placement where) {
    return new Job(
        id, key, JobState.QUEUED, trigger, schedule, new Assignment(where, null), version);
  }

  /**
   * The same job, asked of another destination.
   *
   * @param requested what was asked
   * @return a dispatched job for {@link JobStore#update}
   */
  public Job withDispatch(Dispatch requested) {
    return new Job(
        id,
        key,
        JobState.DISPATCHED,
        trigger,
        schedule,
        new Assignment(assignment.placement(), requested),
        version);
  }
}
