package dev.backfill.core.manager;

import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The repair of jobs that a manager with a wrong clock has delayed for longer than any rule does.
 */
final class WrongClocks {

  /** The min delay to repair: rules of other managers may delay a job by up to a month. */
  private static final Duration MIN = Duration.ofDays(31);

  private static final Duration POLL_INTERVAL = Duration.ofMinutes(10);
  private static final int AT_ONCE = 100;

  private final JobUpdater updater;
  private final Duration max;
  private @Nullable Long lastNanos;

  WrongClocks(JobUpdater updater, Duration max) {
    this.updater = updater;
    this.max = max.compareTo(MIN) < 0 ? MIN : max;
  }

  /** Makes such jobs due, unless it has checked a moment ago. */
  void repair() {
    long nanos = updater.environment().time().nanoTime();
    Long last = lastNanos;
    if (last != null && nanos - last < POLL_INTERVAL.toNanos()) {
      return;
    }
    lastNanos = nanos;
    for (Job job : updater.jobs().dueAfter(updater.now().plus(max), AT_ONCE)) {
      updater.change(job, this::dueNow);
    }
  }

  private JobUpdater.@Nullable Change dueNow(Job stored) {
    Instant now = updater.now();
    Instant due = stored.dueAt();
    if (due == null || !due.isAfter(now.plus(max))) {
      return null;
    }
    Instant queued = stored.queuedAt().isAfter(now) ? now : stored.queuedAt();
    return new JobUpdater.Change(
        stored.withSchedule(queued, now, now, stored.attempts(), stored.slices()),
        List.of(
            updater.event(
                stored,
                Kind.RETRIED,
                JobUpdater.destinationOf(stored, updater.here()),
                "it was delayed until " + due + ", which only a wrong clock does")));
  }
}
