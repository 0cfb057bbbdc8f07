package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.job.Job;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The slices on the executor, and the sources that wait for quota. */
final class SliceExecutor {

  private static final Logger LOG = LoggerFactory.getLogger(SliceExecutor.class);

  private final JobUpdater updater;
  private final BackfillEngine engine;
  private final Executor executor;
  private final ManagerRules.Fairness fairness;
  private final Duration pollInterval;
  private final JobOutcomeHandler outcomeHandler;
  private final Map<String, Job> running = new ConcurrentHashMap<>();
  private final Map<String, Instant> parked = new ConcurrentHashMap<>();
  private final BlockingQueue<RunSummary> ended = new LinkedBlockingQueue<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition oneLess = lock.newCondition();
  private final AtomicInteger untold = new AtomicInteger();

  SliceExecutor(
      JobUpdater updater,
      BackfillEngine engine,
      Executor executor,
      ManagerRules.Fairness fairness,
      Duration pollInterval,
      JobOutcomeHandler outcomeHandler) {
    this.updater = updater;
    this.engine = engine;
    this.executor = executor;
    this.fairness = fairness;
    this.pollInterval = pollInterval;
    this.outcomeHandler = outcomeHandler;
  }

  /** Checks if every slice that was begun has ended and its end was consumed. */
  boolean isDone() {
    return untold.get() == 0;
  }

  /**
   * Waits until no slice runs, also if no other thread consumes their ends. Returns true if that
   * came in time.
   */
  boolean awaitNone(Duration timeout) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long remaining = timeout.toNanos();
      while (!running.isEmpty() && remaining > 0) {
        remaining = oneLess.awaitNanos(remaining);
      }
      return running.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  int running() {
    return running.size();
  }

  boolean isRunning(Job job) {
    return running.containsKey(job.key().toString());
  }

  /** Checks if the quota that a job reads with is used up, as far as known. */
  boolean isParked(Job job) {
    Instant until = parked.get(job.key().source());
    return until != null && updater.now().isBefore(until);
  }

  /** Returns when the first of the parked sources may continue; null if none is parked. */
  @Nullable Instant parkedUntil() {
    Instant now = updater.now();
    return parked.values().stream().filter(now::isBefore).min(Instant::compareTo).orElse(null);
  }

  void start(Job job, Duration remaining) {
    SliceLimits limits = job.slices() == 0 ? fairness.first() : fairness.further();
    SliceLimits bounded =
        remaining.compareTo(limits.maxDuration()) < 0 ? limits.withMaxDuration(remaining) : limits;
    running.put(job.key().toString(), job);
    untold.incrementAndGet();
    try {
      executor.execute(() -> run(job, bounded));
    } catch (RuntimeException | Error e) {
      if (running.remove(job.key().toString(), job)) {
        untold.decrementAndGet();
      }
      throw e;
    }
  }

  private void run(Job job, SliceLimits limits) {
    RunSummary summary = RunSummary.NOTHING;
    try {
      summary = slice(job, limits);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (BackfillException e) {
      LOG.warn("{}: the result of the slice could not be stored: {}", job.key(), e.getMessage());
    } catch (RuntimeException | Error e) {
      LOG.error("{}: the result of the slice could not be stored", job.key(), e);
    } finally {
      // Before its end is announced: the loop may start the next one in its place at once.
      remove(job);
      ended.add(summary);
    }
  }

  private void remove(Job job) {
    lock.lock();
    try {
      running.remove(job.key().toString());
      oneLess.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private RunSummary slice(Job job, SliceLimits limits) throws InterruptedException {
    SliceResult result;
    try {
      result = run(updater.registry().of(job.key()).job(job.key().target()), limits);
    } catch (BackfillException e) {
      outcomeHandler.failed(job, e);
      return new RunSummary(1, SliceResult.Counts.NONE, 0, 1, 0, null);
    } catch (RuntimeException | Error e) {
      // Also an error: a class that the host's sink lacks, for example, fails the job each time.
      outcomeHandler.failed(
          job,
          new PermanentFailureException(
              PermanentFailureException.Reason.UNEXPECTED,
              "%s did not run because of a bug (%s). Stored items are kept."
                  .formatted(job.key(), e),
              e));
      return new RunSummary(1, SliceResult.Counts.NONE, 0, 1, 0, null);
    }
    if (result instanceof SliceResult.ContinueAt wait) {
      parked.merge(job.key().source(), wait.until(), (one, two) -> one.isAfter(two) ? one : two);
    }
    outcomeHandler.after(job, result);
    boolean failed =
        result instanceof SliceResult.Stopped stopped
            && stopped.reason() == SliceResult.StopReason.FAILED;
    return new RunSummary(
        1, result.counts(), result instanceof SliceResult.Done ? 1 : 0, failed ? 1 : 0, 0, null);
  }

  private <T> SliceResult run(BackfillSpec<T> job, SliceLimits limits) throws InterruptedException {
    return engine.runSlice(job, limits);
  }

  /** Returns the result of the next slice to end; null if none ends soon. */
  @Nullable RunSummary awaitEnd() throws InterruptedException {
    RunSummary summary = ended.poll(pollInterval.toNanos(), TimeUnit.NANOSECONDS);
    if (summary != null) {
      untold.decrementAndGet();
    }
    return summary;
  }
}
