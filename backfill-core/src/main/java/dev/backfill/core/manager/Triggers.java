package dev.backfill.core.manager;

import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.job.Turn;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes jobs, or makes those that are there run sooner. */
final class Triggers {

  private final Desk desk;
  private final FairnessRules fairness;

  Triggers(Desk desk, FairnessRules fairness) {
    this.desk = desk;
    this.fairness = fairness;
  }

  /**
   * Has a backfill run. A job that is queued or dispatched already keeps its place, unless this
   * trigger is more urgent.
   *
   * @return whether there is work now that was not there before
   */
  boolean queue(BackfillKey key, Trigger trigger) {
    return ask(key, trigger, true);
  }

  /** Has a backfill looked after; one that is already stays as it is. */
  boolean track(BackfillKey key, Trigger trigger) {
    return ask(key, trigger, false);
  }

  private boolean ask(BackfillKey key, Trigger trigger, boolean again) {
    JobStore.Enqueued enqueued = desk.jobs().enqueue(key, trigger, fresh(trigger));
    Job job = enqueued.job();
    if (enqueued.created()) {
      desk.tell(job, List.of(desk.note(Kind.TRIGGERED, null, trigger.reason())));
      return true;
    }
    return again && desk.change(job, stored -> sooner(stored, trigger)).isPresent();
  }

  private Turn fresh(Trigger trigger) {
    Instant now = desk.now();
    return new Turn(now, now, fairness.order(trigger.priority(), now, true), 0, 0);
  }

  private static boolean isTakenElsewhere(Job job) {
    Dispatch dispatch = job.dispatch();
    return job.state() == JobState.DISPATCHED && dispatch != null && dispatch.claimedAt() != null;
  }

  private Desk.@Nullable Change sooner(Job job, Trigger trigger) {
    Instant now = desk.now();
    boolean resting = job.state() == JobState.IDLE || job.state() == JobState.FAILED;
    Instant due = job.turn().dueAt();
    boolean moreUrgent = trigger.priority().compareTo(job.trigger().priority()) < 0;
    if (!resting && !moreUrgent && due != null) {
      return null;
    }
    Instant order = fairness.order(trigger.priority(), now, false);
    Turn before = job.turn();
    boolean keepsItsPlace = !resting && before.order().isBefore(order);
    Turn turn =
        new Turn(
            resting ? now : before.queuedAt(),
            now,
            keepsItsPlace ? before.order() : order,
            before.attempts(),
            resting ? 0 : before.slices());
    Job asked = job.turned(resting ? JobState.QUEUED : job.state(), trigger, turn);
    // What is more urgent now may belong elsewhere, unless a worker there has it already.
    Job next = isTakenElsewhere(job) ? asked : asked.placed(null);
    return new Desk.Change(next, List.of(desk.note(Kind.TRIGGERED, null, trigger.reason())));
  }
}
