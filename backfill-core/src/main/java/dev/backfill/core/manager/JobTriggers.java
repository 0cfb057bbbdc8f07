package dev.backfill.core.manager;

import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The triggers of jobs: creates jobs, or makes existing ones run sooner. */
final class JobTriggers {

  private final JobUpdater updater;
  private final ManagerRules.Fairness fairness;

  JobTriggers(JobUpdater updater, ManagerRules.Fairness fairness) {
    this.updater = updater;
    this.fairness = fairness;
  }

  /**
   * Queues a backfill's job. A job that is queued or dispatched already keeps its place, unless
   * this trigger is more urgent.
   *
   * @return true if there is work now that was not there before
   */
  boolean queue(BackfillKey key, Trigger trigger) {
    return enqueue(key, trigger, true);
  }

  /** Tracks a backfill; has no effect if it is tracked already. */
  boolean track(BackfillKey key, Trigger trigger) {
    return enqueue(key, trigger, false);
  }

  private boolean enqueue(BackfillKey key, Trigger trigger, boolean again) {
    Instant now = updater.now();
    boolean created =
        updater
            .jobs()
            .enqueue(
                key,
                trigger.priority(),
                trigger.reason(),
                now,
                fairness.order(trigger.priority(), now, true));
    if (!created && !again) {
      return false;
    }
    Optional<Job> job = updater.jobs().find(key);
    if (created) {
      job.ifPresent(
          stored ->
              updater.publish(
                  stored, List.of(updater.event(stored, Kind.TRIGGERED, null, trigger.reason()))));
      return true;
    }
    return job.flatMap(known -> updater.change(known, stored -> sooner(stored, trigger)))
        .isPresent();
  }

  private static boolean isTakenElsewhere(Job job) {
    Dispatch dispatch = job.dispatch();
    return job.state() == JobState.DISPATCHED && dispatch != null && dispatch.claimedAt() != null;
  }

  private JobUpdater.@Nullable Change sooner(Job job, Trigger trigger) {
    Instant now = updater.now();
    boolean resting = job.state() == JobState.IDLE || job.state() == JobState.FAILED;
    Instant due = job.dueAt();
    boolean moreUrgent = trigger.priority().compareTo(job.priority()) < 0;
    if (!resting && !moreUrgent && due != null) {
      return null;
    }
    Instant order = fairness.order(trigger.priority(), now, false);
    boolean keepsItsPlace = !resting && job.order().isBefore(order);
    Job requested =
        job.withState(resting ? JobState.QUEUED : job.state())
            .withSchedule(
                resting ? now : job.queuedAt(),
                now,
                keepsItsPlace ? job.order() : order,
                job.attempts(),
                resting ? 0 : job.slices())
            .withTrigger(trigger.priority(), trigger.reason());
    // A job that is more urgent now may belong elsewhere, unless a worker there has it already.
    Job next = isTakenElsewhere(job) ? requested : requested.withPlacement(null);
    return new JobUpdater.Change(
        next, List.of(updater.event(job, Kind.TRIGGERED, null, trigger.reason())));
  }
}
