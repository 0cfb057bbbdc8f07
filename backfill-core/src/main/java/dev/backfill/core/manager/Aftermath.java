package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent.Kind;
import dev.backfill.api.job.JobEvent.Note;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Trigger;
import dev.backfill.api.job.Turn;
import dev.backfill.core.SliceResult;
import dev.backfill.core.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What becomes of a job after a slice, and after another destination did not do it. */
final class Aftermath {

  private final Desk desk;
  private final FairnessRules fairness;
  private final RetryRules retries;
  private final Breaker breaker;
  private final Rollback rollback;
  private final Supplier<@Nullable Duration> untilNextSync;

  Aftermath(
      Desk desk,
      FairnessRules fairness,
      RetryRules retries,
      Breaker breaker,
      Rollback rollback,
      Supplier<@Nullable Duration> untilNextSync) {
    this.desk = desk;
    this.fairness = fairness;
    this.retries = retries;
    this.breaker = breaker;
    this.rollback = rollback;
    this.untilNextSync = untilNextSync;
  }

  /** A slice has ended. */
  void after(Job job, SliceResult slice) {
    boolean progressed = slice.counts().chunks() > 0;
    if (slice instanceof SliceResult.Done) {
      breaker.worked();
      // A request that came meanwhile may have come after its end: that takes another look.
      Optional<Job> changed =
          changeAfterSlice(
              job,
              stored ->
                  isUntouched(stored, job)
                      ? completed(stored, slice.counts().items() > 0)
                      : goesOn(stored, progressed));
      changed.ifPresent(stored -> rollback.completed(Desk.destinationOf(job, desk.here())));
    } else if (slice instanceof SliceResult.Stopped stopped) {
      BackfillException failure = stopped.failure();
      if (stopped.reason() == StopReason.FAILED && failure != null) {
        failed(job, failure, progressed);
      } else {
        desk.change(job, stored -> givenBack(stored, job));
      }
    } else if (slice instanceof SliceResult.Held) {
      desk.change(job, stored -> givenBack(stored, job));
    } else {
      if (progressed) {
        breaker.worked();
      }
      changeAfterSlice(job, stored -> goesOn(stored, progressed));
    }
  }

  /**
   * Changes a job after its slice, unless the job has become another manager's since: then its
   * slice, its completion or its request decides.
   */
  private Optional<Job> changeAfterSlice(Job taken, Function<Job, Desk.@Nullable Change> change) {
    return desk.change(
        taken,
        stored ->
            isUntouched(stored, taken) || isAskedAgain(stored, taken)
                ? change.apply(stored)
                : null);
  }

  /** Whether a job is as its slice took it; the link of its run may have become known. */
  private static boolean isUntouched(Job stored, Job taken) {
    return stored.version() == taken.version()
        || stored.state() == taken.state()
            && stored.turn().equals(taken.turn())
            && stored.trigger().equals(taken.trigger())
            && isOfSameRequest(stored, taken);
  }

  /** Whether a job was only asked for again; a manager that takes it moves it into the future. */
  private boolean isAskedAgain(Job stored, Job taken) {
    Instant due = stored.turn().dueAt();
    return (stored.state() == JobState.QUEUED || stored.state() == JobState.DISPATCHED)
        && stored.turn().attempts() == taken.turn().attempts()
        && due != null
        && !due.isAfter(desk.now())
        && isOfSameRequest(stored, taken);
  }

  private static boolean isOfSameRequest(Job stored, Job taken) {
    Dispatch now = stored.dispatch();
    Dispatch then = taken.dispatch();
    return now == null || then == null
        ? now == then
        : now.correlationId().equals(then.correlationId());
  }

  /** A regular look that found nothing new leaves no event: there are thousands of them a day. */
  private Desk.Change completed(Job job, boolean hasNews) {
    Instant now = desk.now();
    Duration rest = untilNextSync.get();
    Instant due = rest == null ? null : now.plus(rest);
    Trigger scheduled = new Trigger(Priority.SCHEDULED, "time to look for what is new");
    Instant order = fairness.order(Priority.SCHEDULED, due == null ? now : due, false);
    return new Desk.Change(
        job.turned(JobState.IDLE, scheduled, new Turn(now, due, order, 0, 0)),
        isQuiet(job) && !hasNews
            ? List.of()
            : List.of(
                desk.note(
                    Kind.COMPLETED,
                    Desk.destinationOf(job, desk.here()),
                    "asked for because: " + job.trigger().reason())));
  }

  private boolean isQuiet(Job job) {
    return job.trigger().priority() == Priority.SCHEDULED
        && Desk.destinationOf(job, desk.here()).equals(Destination.LOCAL);
  }

  /** Nothing was done, and whoever may run it can; unless somebody else has decided meanwhile. */
  private Desk.@Nullable Change givenBack(Job job, Job taken) {
    if (job.version() != taken.version()) {
      return null;
    }
    return new Desk.Change(
        job.turned(job.state(), later(job.turn(), job.turn().attempts(), Duration.ZERO)),
        List.of());
  }

  private Desk.Change goesOn(Job job, boolean progressed) {
    Turn before = job.turn();
    Turn turn = behindTheOthers(job, progressed ? 0 : before.attempts(), before.slices() + 1);
    return new Desk.Change(job.turned(job.state(), turn), List.of());
  }

  private Turn behindTheOthers(Job job, int attempts, long slices) {
    Instant now = desk.now();
    return new Turn(
        job.turn().queuedAt(),
        now,
        fairness.order(job.trigger().priority(), now, false),
        attempts,
        slices);
  }

  /** A run has failed here before it had stored anything. */
  void failed(Job job, BackfillException failure) {
    failed(job, failure, false);
  }

  /** Where something was stored before, what failed earlier is over. */
  private void failed(Job job, BackfillException failure, boolean progressed) {
    if (progressed) {
      breaker.worked();
    }
    String message = Desk.message(failure);
    if (failure instanceof RateLimitedException) {
      rest(job, message);
      return;
    }
    if (!progressed && breaker.failed(job.key(), failure)) {
      // Behind the others, so that another one tries first when the rest is over.
      changeAfterSlice(
          job,
          stored ->
              new Desk.Change(
                  stored.turned(
                      stored.state(),
                      behindTheOthers(stored, stored.turn().attempts(), stored.turn().slices())),
                  List.of(
                      desk.note(
                          Kind.RETRIED,
                          Desk.destinationOf(stored, desk.here()),
                          "all work rests, since other targets fail in the same way: "
                              + message))));
      return;
    }
    changeAfterSlice(job, stored -> retried(stored, message, progressed))
        .ifPresent(stored -> rollback.failed(Desk.destinationOf(job, desk.here())));
  }

  private void rest(Job job, String message) {
    changeAfterSlice(
        job,
        stored ->
            new Desk.Change(
                stored.turned(
                    stored.state(), later(stored.turn(), stored.turn().attempts(), retries.max())),
                List.of(
                    desk.note(
                        Kind.RETRIED,
                        Desk.destinationOf(stored, desk.here()),
                        "limited, which is no failure: " + message))));
  }

  /**
   * Takes back a job that another destination did not do: it runs here once, then as after any
   * failure.
   *
   * @param still whether that holds of the job as it is stored when it is changed
   */
  void notDone(Job job, String reason, Predicate<Job> still) {
    desk.change(job, stored -> still.test(stored) ? retried(stored, reason, false) : null)
        .ifPresent(stored -> rollback.failed(Desk.destinationOf(job, desk.here())));
  }

  private Desk.Change retried(Job job, String reason, boolean progressed) {
    Destination where = Desk.destinationOf(job, desk.here());
    Placement placement = job.placement();
    if (placement != null && !placement.fallback() && !where.equals(Destination.LOCAL)) {
      Placement back =
          new Placement(Destination.LOCAL, cut(where + " did not do it: " + reason), true);
      Turn soon = later(job.turn(), job.turn().attempts(), Duration.ZERO);
      return new Desk.Change(
          job.turned(JobState.QUEUED, soon).placed(back),
          List.of(desk.note(Kind.FELL_BACK, where, reason)));
    }
    List<Note> notes = new ArrayList<>();
    notes.add(desk.note(Kind.FAILED, where, reason));
    int attempts = 1 + (progressed ? 0 : job.turn().attempts());
    boolean again = attempts <= retries.attempts();
    Duration delay =
        again ? retries.delay(attempts, desk.ambience().random()) : retries.afterGivingUp();
    Turn turn = later(job.turn(), attempts, delay);
    notes.add(
        again
            ? desk.note(
                Kind.RETRIED,
                where,
                String.format(
                    Locale.ROOT, "try %d of %d at %s", attempts, retries.attempts(), turn.dueAt()))
            : desk.note(
                Kind.GAVE_UP,
                where,
                String.format(
                    Locale.ROOT,
                    "%d runs in a row failed; it tries again by itself at %s",
                    attempts,
                    turn.dueAt())));
    Job next = job.turned(again ? JobState.QUEUED : JobState.FAILED, turn);
    return new Desk.Change(again ? next.placed(placement) : next, notes);
  }

  private Turn later(Turn before, int attempts, Duration delay) {
    Instant due = desk.now().plus(delay);
    return new Turn(before.queuedAt(), due, before.order(), attempts, before.slices());
  }

  private static String cut(String reason) {
    return reason.length() <= 500 ? reason : reason.substring(0, 500);
  }
}
