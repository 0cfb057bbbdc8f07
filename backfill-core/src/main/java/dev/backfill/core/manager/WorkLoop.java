package dev.backfill.core.manager;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The loop that starts slices while there is work, and waits in between if the caller wants that.
 */
final class WorkLoop {

  /** The max sleep before it checks for work that other processes queue. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(30);

  /** The interval at which it checks a job that another worker holds. */
  private static final Duration HELD = Duration.ofSeconds(5);

  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Duration MIN = Duration.ofMillis(1);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final JobUpdater updater;
  private final DueJobs dueJobs;
  private final SliceExecutor slices;
  private final CircuitBreaker breaker;
  private final Pruning pruning;
  private final Runnable clocks;
  private final int parallelism;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final AtomicBoolean woken = new AtomicBoolean();
  private volatile int due;

  /**
   * Creates the loop.
   *
   * @param pruning removes old rows
   * @param clocks checks the store's clock before each round
   */
  WorkLoop(
      JobUpdater updater,
      DueJobs dueJobs,
      SliceExecutor slices,
      CircuitBreaker breaker,
      Pruning pruning,
      Runnable clocks,
      int parallelism) {
    this.updater = updater;
    this.dueJobs = dueJobs;
    this.slices = slices;
    this.breaker = breaker;
    this.pruning = pruning;
    this.clocks = clocks;
    this.parallelism = parallelism;
  }

  /** The action when nothing can run now. */
  enum Idle {
    /** Ends the loop. */
    RETURN,
    /** Waits, unless nothing will be due in time. */
    WAIT_IN_TIME,
    /** Waits for ever. */
    WAIT
  }

  /** Ends the loop after the running slices; may be called from any thread. */
  void stop() {
    stopped.set(true);
  }

  boolean isStopped() {
    return stopped.get();
  }

  /** Wakes the loop, since there is new work. */
  void wake() {
    woken.set(true);
  }

  /** Waits until no slice runs any more. Returns true if that came in time. */
  boolean awaitNone(Duration limit) throws InterruptedException {
    return slices.awaitNone(limit);
  }

  /** Returns the number of jobs that could run here at the last check. */
  int due() {
    return due;
  }

  RunSummary work(@Nullable Duration limit, Idle idle) throws InterruptedException {
    try {
      return looks(limit, idle);
    } catch (TransientFailureException e) {
      if (Thread.interrupted()) {
        // The thread was interrupted while a call of the store was to be repeated.
        InterruptedException interrupted = new InterruptedException(e.getMessage());
        interrupted.initCause(e);
        throw interrupted;
      }
      throw e;
    }
  }

  private RunSummary looks(@Nullable Duration limit, Idle idle) throws InterruptedException {
    End end = new End(updater.environment().time(), limit);
    RunSummary total = RunSummary.NOTHING;
    Instant next = null;
    while (!stopped.get() && !end.isOver()) {
      if (slices.running() >= parallelism) {
        RunSummary ended = slices.awaitEnd();
        total = ended == null ? total : total.plus(ended);
        continue;
      }
      woken.set(false);
      clocks.run();
      // Read before the search: a slice that ends meanwhile may hold the job that was not found.
      boolean busy = slices.running() > 0;
      DueJobs.Found found = dueJobs.find();
      total = total.plus(new RunSummary(0, SliceResult.Counts.NONE, 0, 0, found.sent(), null));
      due = found.runnable().size();
      int started = start(found, end);
      next = earliest(found, started);
      if (busy || started > 0) {
        RunSummary ended = slices.awaitEnd();
        total = ended == null ? total : total.plus(ended);
      } else if (found.more()) {
        continue;
      } else if (idle == Idle.RETURN || idle == Idle.WAIT_IN_TIME && !isInTime(next, end)) {
        break;
      } else {
        prune(total);
        sleepUntil(next, end);
      }
    }
    total = total.plus(drained());
    prune(total);
    return total.until(end.isOver() ? updater.now() : next);
  }

  /** The end of a run, by the clock that only moves forward. */
  private static final class End {

    private final TimeSource time;
    private final long begin;
    private final Duration max;

    End(TimeSource time, @Nullable Duration max) {
      this.time = time;
      this.begin = time.nanoTime();
      this.max = max == null ? FOR_EVER : max;
    }

    Duration remaining() {
      return max.minusNanos(time.nanoTime() - begin);
    }

    boolean isOver() {
      return remaining().compareTo(Duration.ZERO) <= 0;
    }
  }

  /** Prunes, unless the run has done nothing: then it sends no further query. */
  private void prune(RunSummary total) {
    if (total.slices() > 0 && !stopped.get()) {
      pruning.whenDue(stopped::get);
    }
  }

  private int start(DueJobs.Found found, End end) {
    int started = 0;
    for (Job job : found.runnable()) {
      if (stopped.get()) {
        break;
      }
      // The store is asked last: of hundreds of due jobs, none may be able to start.
      if (!slices.isRunning(job) && !slices.isParked(job)) {
        if (!mayStart(started, found.suspensions())) {
          break;
        }
        Job taken = dueJobs.take(job).orElse(null);
        if (taken != null) {
          slices.start(taken, remaining(end));
          found.suspensions().forget();
          started++;
        }
      }
    }
    return started;
  }

  private boolean mayStart(int started, SuspensionCache suspensions) {
    return switch (breaker.state(suspensions)) {
      // An executor may run a slice at once; the found jobs are then out of date.
      case CLOSED -> slices.running() < parallelism && started < parallelism;
      case HALF_OPEN -> slices.running() == 0 && started == 0;
      case OPEN -> false;
    };
  }

  private static Duration remaining(End end) {
    Duration remaining = end.remaining();
    return remaining.compareTo(MIN) < 0 ? MIN : remaining;
  }

  /** Returns when there will be work again; null if nothing will be due by itself. */
  private @Nullable Instant earliest(DueJobs.Found found, int started) {
    Instant now = updater.now();
    Instant next = found.next();
    boolean blocked = started == 0 && next != null && !next.isAfter(now);
    Instant rest =
        found.suspensions().work().filter(breaker::holds).map(Suspension::until).orElse(null);
    if (rest != null) {
      return rest;
    }
    Instant parked = slices.parkedUntil();
    if (blocked) {
      return parked != null ? parked : now.plus(HELD);
    }
    return Stream.ofNullable(next).findFirst().orElse(parked);
  }

  private boolean isInTime(@Nullable Instant next, End end) {
    return next != null && Duration.between(updater.now(), next).compareTo(end.remaining()) < 0;
  }

  /**
   * Sleeps by the clock that only moves forward: a clock that is set back makes no sleep longer.
   */
  private void sleepUntil(@Nullable Instant next, End end) throws InterruptedException {
    TimeSource time = updater.environment().time();
    Duration selected = next == null ? POLL_INTERVAL : Duration.between(updater.now(), next);
    Duration limit =
        Stream.of(selected, POLL_INTERVAL, end.remaining())
            .min(Comparator.naturalOrder())
            .orElseThrow();
    long begin = time.nanoTime();
    Duration remaining = limit;
    while (!stopped.get() && !woken.get() && remaining.compareTo(Duration.ZERO) > 0) {
      time.sleep(remaining.compareTo(STEP) < 0 ? remaining : STEP);
      remaining = limit.minusNanos(time.nanoTime() - begin);
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
