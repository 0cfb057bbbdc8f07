package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The changes of a job after a slice, and after another destination did not do it. */
final class JobOutcomeHandler {

  private final JobUpdater updater;
  private final ManagerRules.Fairness fairness;
  private final ManagerRules.Retries retries;
  private final CircuitBreaker breaker;
  private final DestinationBreaker destinationBreaker;
  private final Supplier<@Nullable Duration> untilNextSync;

  JobOutcomeHandler(
      JobUpdater updater,
      ManagerRules rules,
      CircuitBreaker breaker,
      DestinationBreaker destinationBreaker,
      Supplier<@Nullable Duration> untilNextSync) {
    this.updater = updater;
    this.fairness = rules.fairness();
    this.retries = rules.retries();
    this.breaker = breaker;
    this.destinationBreaker = destinationBreaker;
    this.untilNextSync = untilNextSync;
  }

  /** Changes a job after its slice. */
  void after(Job job, SliceResult slice) {
    boolean progressed = slice.counts().chunks() > 0;
    if (slice instanceof SliceResult.Done) {
      breaker.worked();
      // A request may arrive after the slice's end: that takes another look.
      Optional<Job> changed =
          changeAfterSlice(
              job,
              stored ->
                  isUntouched(stored, job)
                      ? completed(stored, slice.counts().items() > 0)
                      : continued(stored, progressed));
      changed.ifPresent(
          stored -> destinationBreaker.completed(JobUpdater.destinationOf(job, updater.here())));
    } else if (slice instanceof SliceResult.Stopped stopped) {
      BackfillException failure = stopped.failure();
      if (stopped.reason() == StopReason.FAILED && failure != null) {
        failed(job, failure, progressed);
      } else {
        updater.change(job, stored -> returned(stored, job));
      }
    } else if (slice instanceof SliceResult.Held) {
      updater.change(job, stored -> returned(stored, job));
    } else {
      if (progressed) {
        breaker.worked();
      }
      changeAfterSlice(job, stored -> continued(stored, progressed));
    }
  }

  /**
   * Changes a job after its slice, unless another manager has the job by now: then that manager's
   * slice, its completion or its request decides.
   */
  private Optional<Job> changeAfterSlice(
      Job taken, Function<Job, JobUpdater.@Nullable Change> change) {
    return updater.change(
        taken,
        stored ->
            isUntouched(stored, taken) || isRequestedAgain(stored, taken)
                ? change.apply(stored)
                : null);
  }

  /** Checks if a job is as its slice took it; the link of its run may have become known. */
  private static boolean isUntouched(Job stored, Job taken) {
    return stored.version() == taken.version()
        || stored.state() == taken.state()
            && hasSameSchedule(stored, taken)
            && Trigger.of(stored).equals(Trigger.of(taken))
            && isOfSameRequest(stored, taken);
  }

  private static boolean hasSameSchedule(Job stored, Job taken) {
    return stored.queuedAt().equals(taken.queuedAt())
        && Objects.equals(stored.dueAt(), taken.dueAt())
        && stored.order().equals(taken.order())
        && stored.attempts() == taken.attempts()
        && stored.slices() == taken.slices();
  }

  /** Checks if a job was only requested again; a manager that takes it moves it into the future. */
  private boolean isRequestedAgain(Job stored, Job taken) {
    Instant due = stored.dueAt();
    return (stored.state() == JobState.QUEUED || stored.state() == JobState.DISPATCHED)
        && stored.attempts() == taken.attempts()
        && due != null
        && !due.isAfter(updater.now())
        && isOfSameRequest(stored, taken);
  }

  private static boolean isOfSameRequest(Job stored, Job taken) {
    Dispatch now = stored.dispatch();
    Dispatch then = taken.dispatch();
    return now == null || then == null
        ? now == then
        : now.correlationId().equals(then.correlationId());
  }

  /**
   * Completes a job. A regular sync that found nothing new leaves no event: there are thousands a
   * day.
   */
  private JobUpdater.Change completed(Job job, boolean hasNews) {
    Instant now = updater.now();
    Duration delay = untilNextSync.get();
    Instant due = delay == null ? null : now.plus(delay);
    Instant order = fairness.order(Priority.SCHEDULED, due == null ? now : due, false);
    return new JobUpdater.Change(
        job.withState(JobState.IDLE)
            .withSchedule(now, due, order, 0, 0)
            .withTrigger(Priority.SCHEDULED, "the sync interval is over"),
        isQuiet(job) && !hasNews
            ? List.of()
            : List.of(
                updater.event(
                    job,
                    Kind.COMPLETED,
                    JobUpdater.destinationOf(job, updater.here()),
                    "requested because: " + job.reason())));
  }

  private boolean isQuiet(Job job) {
    return job.priority() == Priority.SCHEDULED
        && JobUpdater.destinationOf(job, updater.here()).equals(Destination.LOCAL);
  }

  /**
   * Returns a job on which nothing was done, for any worker, unless another manager has changed it.
   */
  private JobUpdater.@Nullable Change returned(Job job, Job taken) {
    if (job.version() != taken.version()) {
      return null;
    }
    return new JobUpdater.Change(later(job, job.attempts(), Duration.ZERO), List.of());
  }

  private JobUpdater.Change continued(Job job, boolean progressed) {
    Job next = behindTheOthers(job, progressed ? 0 : job.attempts(), job.slices() + 1);
    return new JobUpdater.Change(next, List.of());
  }

  private Job behindTheOthers(Job job, int attempts, long slices) {
    Instant now = updater.now();
    return job.withSchedule(
        job.queuedAt(), now, fairness.order(job.priority(), now, false), attempts, slices);
  }

  /** Handles a run that has failed here before it had stored anything. */
  void failed(Job job, BackfillException failure) {
    failed(job, failure, false);
  }

  /** Handles a failed run. If it had stored something before, earlier failures no longer count. */
  private void failed(Job job, BackfillException failure, boolean progressed) {
    if (progressed) {
      breaker.worked();
    }
    String message = JobUpdater.message(failure);
    if (failure instanceof RateLimitedException) {
      postpone(job, message);
      return;
    }
    if (!progressed && breaker.failed(job.key(), failure)) {
      // Behind the others, so that another one tries first when the suspension is over.
      changeAfterSlice(
          job,
          stored ->
              new JobUpdater.Change(
                  behindTheOthers(stored, stored.attempts(), stored.slices()),
                  List.of(
                      updater.event(
                          stored,
                          Kind.RETRIED,
                          JobUpdater.destinationOf(stored, updater.here()),
                          "all work is suspended, since other targets fail in the same way: "
                              + message))));
      return;
    }
    changeAfterSlice(job, stored -> retried(stored, message, progressed))
        .ifPresent(
            stored -> destinationBreaker.failed(JobUpdater.destinationOf(job, updater.here())));
  }

  private void postpone(Job job, String message) {
    changeAfterSlice(
        job,
        stored ->
            new JobUpdater.Change(
                later(stored, stored.attempts(), retries.max()),
                List.of(
                    updater.event(
                        stored,
                        Kind.RETRIED,
                        JobUpdater.destinationOf(stored, updater.here()),
                        "limited, which is no failure: " + message))));
  }

  /**
   * Takes back a job that another destination did not do. It runs here once, then as after any
   * failure.
   *
   * @param still checks the job as it is stored when it is changed
   */
  void notDone(Job job, String reason, Predicate<Job> still) {
    updater
        .change(job, stored -> still.test(stored) ? retried(stored, reason, false) : null)
        .ifPresent(
            stored -> destinationBreaker.failed(JobUpdater.destinationOf(job, updater.here())));
  }

  private JobUpdater.Change retried(Job job, String reason, boolean progressed) {
    Destination where = JobUpdater.destinationOf(job, updater.here());
    Placement placement = job.placement();
    if (placement != null && !placement.fallback() && !where.equals(Destination.LOCAL)) {
      Placement local =
          new Placement(Destination.LOCAL, cut(where + " did not do it: " + reason), true);
      Job soon = later(job, job.attempts(), Duration.ZERO);
      return new JobUpdater.Change(
          soon.withPlacement(local), List.of(updater.event(job, Kind.FELL_BACK, where, reason)));
    }
    List<JobEvent> notes = new ArrayList<>();
    notes.add(updater.event(job, Kind.FAILED, where, reason));
    int attempts = 1 + (progressed ? 0 : job.attempts());
    boolean again = attempts <= retries.attempts();
    Duration delay =
        again ? retries.delay(attempts, updater.environment().random()) : retries.afterGivingUp();
    Job next = later(job, attempts, delay).withState(again ? JobState.QUEUED : JobState.FAILED);
    notes.add(
        again
            ? updater.event(
                job,
                Kind.RETRIED,
                where,
                String.format(
                    Locale.ROOT, "try %d of %d at %s", attempts, retries.attempts(), next.dueAt()))
            : updater.event(
                job,
                Kind.GAVE_UP,
                where,
                String.format(
                    Locale.ROOT,
                    "%d runs in a row failed; it tries again by itself at %s",
                    attempts,
                    next.dueAt())));
    return new JobUpdater.Change(again ? next.withPlacement(placement) : next, notes);
  }

  private Job later(Job job, int attempts, Duration delay) {
    return job.withDueAt(updater.now().plus(delay)).withAttempts(attempts);
  }

  private static String cut(String reason) {
    return reason.length() <= 500 ? reason : reason.substring(0, 500);
  }
}
