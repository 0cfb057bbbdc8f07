package dev.backfill.core.manager;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.Suspension;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Starts slices while there is something to do, and waits in between where that is wanted. */
final class WorkLoop {

  /**
   * How long it sleeps at most before it looks again: what other processes queue is unknown here.
   */
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  /** How soon it looks again at what another worker holds. */
  private static final Duration HELD = Duration.ofSeconds(5);

  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Duration LEAST = Duration.ofMillis(1);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Desk desk;
  private final Candidates candidates;
  private final Slices slices;
  private final Breaker breaker;
  private final Pruning pruning;
  private final int parallelism;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile int due;

  WorkLoop(
      Desk desk,
      Candidates candidates,
      Slices slices,
      Breaker breaker,
      Pruning pruning,
      int parallelism) {
    this.desk = desk;
    this.candidates = candidates;
    this.slices = slices;
    this.breaker = breaker;
    this.pruning = pruning;
    this.parallelism = parallelism;
  }

  /** What to do when nothing can run now. */
  enum Idle {
    /** End. */
    RETURN,
    /** Wait, unless nothing will be due in time. */
    WAIT_IN_TIME,
    /** Wait for ever. */
    WAIT
  }

  /** Ends the loop after the slices that run; may be called from anywhere. */
  void stop() {
    stopped.set(true);
  }

  boolean isStopped() {
    return stopped.get();
  }

  /** There is something to do that was not there before. */
  void wake() {
    woken.set(true);
  }

  /** Waits until no slice runs any more; says whether that came in time. */
  boolean awaitNone(Duration longest) throws InterruptedException {
    return slices.awaitNone(longest);
  }

  /** How many jobs could run here when it last looked. */
  int due() {
    return due;
  }

  RunSummary work(@Nullable Duration longest, Idle idle) throws InterruptedException {
    try {
      return looks(longest, idle);
    } catch (TransientFailureException e) {
      if (Thread.interrupted()) {
        // Interrupted while a call of the store was to be repeated.
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  private RunSummary looks(@Nullable Duration longest, Idle idle) throws InterruptedException {
    Instant end = longest == null ? Instant.MAX : desk.now().plus(longest);
    RunSummary total = RunSummary.NOTHING;
    Instant next = null;
    while (!stopped.get() && desk.now().isBefore(end)) {
      if (slices.running() >= parallelism) {
        RunSummary ended = slices.awaitEnd();
        total = ended == null ? total : total.plus(ended);
        continue;
      }
      woken.set(false);
      // Asked before: what ends while it looks may be what it did not find.
      boolean busy = slices.running() > 0;
      Candidates.Found found = candidates.find();
      total = total.plus(new RunSummary(0, 0, 0, 0, 0, found.sent(), null));
      due = found.runnable().size();
      int started = start(found, end);
      next = earliest(found, started);
      if (busy || started > 0) {
        RunSummary ended = slices.awaitEnd();
        total = ended == null ? total : total.plus(ended);
      } else if (found.more()) {
        continue;
      } else if (idle == Idle.RETURN || idle == Idle.WAIT_IN_TIME && !isBefore(next, end)) {
        break;
      } else {
        prune(total);
        sleepUntil(next, end);
      }
    }
    total = total.plus(drained());
    prune(total);
    return total.until(desk.now().isBefore(end) ? next : desk.now());
  }

  /** A run that has done nothing asks nothing more. */
  private void prune(RunSummary total) {
    if (total.slices() > 0 && !stopped.get()) {
      pruning.whenDue(stopped::get);
    }
  }

  private int start(Candidates.Found found, Instant end) {
    int started = 0;
    for (Job job : found.runnable()) {
      if (stopped.get()) {
        break;
      }
      // Asked of the store last: of hundreds of due jobs, none may be able to start.
      if (!slices.isRunning(job) && !slices.isParked(job)) {
        if (!mayStart(started, found.seen())) {
          break;
        }
        Job taken = candidates.take(job).orElse(null);
        if (taken != null) {
          slices.start(taken, left(end));
          found.seen().forget();
          started++;
        }
      }
    }
    return started;
  }

  private boolean mayStart(int started, LookedUp seen) {
    return switch (breaker.state(seen)) {
      // An executor may run a slice at once, and what was found is then out of date.
      case CLOSED -> slices.running() < parallelism && started < parallelism;
      case TRYING -> slices.running() == 0 && started == 0;
      case OPEN -> false;
    };
  }

  private Duration left(Instant end) {
    if (end == Instant.MAX) {
      return FOR_EVER;
    }
    Duration left = Duration.between(desk.now(), end);
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** When something can be done again; null when nothing will be due by itself. */
  private @Nullable Instant earliest(Candidates.Found found, int started) {
    Instant now = desk.now();
    Instant next = found.next();
    boolean blocked = started == 0 && next != null && !next.isAfter(now);
    Instant rest = found.seen().work().filter(breaker::holds).map(Suspension::until).orElse(null);
    if (rest != null) {
      return rest;
    }
    Instant parked = slices.parkedUntil();
    if (blocked) {
      return parked != null ? parked : now.plus(HELD);
    }
    return Stream.ofNullable(next).findFirst().orElse(parked);
  }

  private static boolean isBefore(@Nullable Instant next, Instant end) {
    return next != null && next.isBefore(end);
  }

  private void sleepUntil(@Nullable Instant next, Instant end) throws InterruptedException {
    Instant now = desk.now();
    Instant until = now.plus(LOOK_AGAIN);
    until = next != null && next.isBefore(until) ? next : until;
    until = end.isBefore(until) ? end : until;
    while (!stopped.get() && !woken.get() && desk.now().isBefore(until)) {
      Duration left = Duration.between(desk.now(), until);
      desk.ambience().time().sleep(left.compareTo(STEP) < 0 ? left : STEP);
    }
  }

  private RunSummary drained() throws InterruptedException {
    RunSummary total = RunSummary.NOTHING;
    while (!slices.isDone()) {
      RunSummary ended = slices.awaitEnd();
      total = ended == null ? total : total.plus(ended);
    }
    return total;
  }
}
