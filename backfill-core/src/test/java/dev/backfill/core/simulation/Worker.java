package dev.backfill.core.simulation;

import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/**
 * A worker's process: a thread on which its engine works, timers that fire on the same thread while
 * it waits, and a clock that is wrong by some minutes.
 */
final class Worker extends Scheduler.Actor implements TimeSource {

  static final Instant BEGINNING = Instant.parse("2026-01-01T00:00:00Z");

  final String name;
  final SimulatedTimers timers;
  private final Scheduler scheduler;
  private final History history;
  private final Duration skew;
  private final Life life;
  private boolean crashed;
  private boolean inTimer;
  private boolean interruptible;
  private boolean knowsItsJob;
  private long sliceBegan;
  private long slept;
  private long fence;
  private Duration active = Duration.ZERO;
  private long lastNumber;

  Worker(String name, Scheduler scheduler, History history, Duration skew, Life life) {
    this.name = name;
    this.scheduler = scheduler;
    this.history = history;
    this.skew = skew;
    this.life = life;
    this.timers = new SimulatedTimers(scheduler);
  }

  /** What a worker does from its start to its end. */
  @FunctionalInterface
  interface Life {
    void of(Worker worker);
  }

  @Override
  void live() {
    log("begins");
    try {
      life.of(this);
    } catch (Unwinding e) {
      if (!crashed) {
        throw e;
      }
    }
    log("ends");
  }

  void log(String what) {
    history.add(name, what);
  }

  /** Whatever it calls from now on fails and has no effect. */
  void crash() {
    log("crashes");
    crashed = true;
    stallUntil(0);
    wakeAt(scheduler.now());
  }

  boolean isInterruptible() {
    return interruptible;
  }

  /** Looks at its interrupt, if what it does can be interrupted. */
  void wakeForInterrupt() {
    if (interruptible) {
      wakeAt(scheduler.now());
    }
  }

  void beginSlice() {
    knowsItsJob = false;
    sliceBegan = scheduler.now();
    slept = 0;
    active = Duration.ZERO;
    lastNumber = 0;
  }

  /** The store has answered that there is such a job. */
  void observesItsJob() {
    knowsItsJob = true;
  }

  /** Whether the slice got so far that a failure is its result. */
  boolean knowsItsJob() {
    return knowsItsJob;
  }

  void holds(long granted) {
    fence = granted;
  }

  /** The fence of the last lease that it knows to have been granted to it. */
  long fence() {
    return fence;
  }

  /**
   * The active time of a slice's chunks is no more than the time in which it did not sleep; a
   * renewal just before a commit is counted with the next one.
   */
  void checkActive(ChunkCommit<?> commit) {
    // Repeated, or without the items that the store has refused.
    if (commit.number() == lastNumber) {
      return;
    }
    lastNumber = commit.number();
    active = active.plus(commit.active());
    long worked = scheduler.now() - sliceBegan - slept;
    long unsaid = worked - active.toNanos();
    if (unsaid < 0) {
      throw new Violation(
          "waiting is not work",
          active + " is said to be active of " + Duration.ofNanos(worked) + " worked");
    }
  }

  void forbidInterrupt() {
    if (!inTimer && Thread.currentThread().isInterrupted()) {
      throw new Violation("no thread is interrupted in the store", name + " is");
    }
  }

  /** Something that takes so long, while timers fire. */
  void work(long nanos) {
    long until = scheduler.now() + nanos;
    do {
      yieldUntil(until);
    } while (scheduler.now() < until);
  }

  void workInterruptibly(long nanos) throws InterruptedException {
    long until = scheduler.now() + nanos;
    interruptible = true;
    try {
      do {
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        yieldUntil(until);
      } while (scheduler.now() < until);
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    } finally {
      interruptible = false;
    }
  }

  private void yieldUntil(long until) {
    if (crashed) {
      throw new Unwinding("crashed");
    }
    wakeAt(inTimer ? until : Math.min(until, timers.nextDue()));
    scheduler.yield(this);
    if (crashed) {
      throw new Unwinding("crashed");
    }
    if (!inTimer && timers.nextDue() <= scheduler.now()) {
      inTimer = true;
      boolean wasInterruptible = interruptible;
      interruptible = false;
      try {
        timers.runFirst();
      } finally {
        inTimer = false;
        interruptible = wasInterruptible;
      }
    }
  }

  long virtualNow() {
    return scheduler.now();
  }

  /** A moment as this worker's clock shows it. */
  Instant local(long virtual) {
    return BEGINNING.plusNanos(virtual).plus(skew);
  }

  /** A moment of this worker's clock. */
  long virtual(Instant local) {
    return Duration.between(BEGINNING.plus(skew), local).toNanos();
  }

  @Override
  public Instant now() {
    return local(scheduler.now());
  }

  @Override
  public long nanoTime() {
    return scheduler.now() + 7;
  }

  @Override
  public void sleep(Duration duration) throws InterruptedException {
    long before = scheduler.now();
    try {
      workInterruptibly(duration.toNanos());
    } finally {
      slept += scheduler.now() - before;
    }
  }
}
