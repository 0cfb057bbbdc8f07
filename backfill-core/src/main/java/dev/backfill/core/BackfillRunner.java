package dev.backfill.core;

import dev.backfill.core.internal.DaemonThreads;
import dev.backfill.core.internal.engine.QuarantinePages;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives jobs to their end: slice after slice, waiting where it must, several jobs at once where it
 * may.
 *
 * <p>Safe for any number of threads. {@link BackfillEngine#stop()} ends a run: each job finishes
 * its commit, gives its lease back, and is reported as {@link JobResult.Outcome#INTERRUPTED}.
 */
public final class BackfillRunner {

  private static final Logger LOG = LoggerFactory.getLogger(BackfillRunner.class);

  /** How long a run that ends early waits for its jobs to finish their commits. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final BackfillEngine engine;

  /**
   * Creates a runner.
   *
   * @param engine what runs the slices; the caller closes it
   */
  public BackfillRunner(BackfillEngine engine) {
    this.engine = engine;
  }

  /**
   * Runs jobs until each of them has ended. While nothing at all has worked, a host that cannot be
   * reached or a token that is refused ends the jobs that have not begun too, with the same
   * failure.
   *
   * @param jobs what to run; begun in this order
   * @param options how
   * @return a result for each job, in the same order
   * @throws InterruptedException when the thread is interrupted; the engine was stopped then, and
   *     its jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException when backfilling is switched
   *     off, or a job's target is not in its source's notation
   */
  public List<JobResult> run(List<BackfillSpec<?>> jobs, RunOptions options)
      throws InterruptedException {
    return run(jobs, null, false, options);
  }

  /**
   * Reads what jobs have in quarantine again, until each of them has ended, as {@link
   * BackfillEngine#retryQuarantined(BackfillSpec, Set, SliceLimits)} does it.
   *
   * @param jobs whose quarantine; begun in this order
   * @param keys which items; empty for all
   * @param options how
   * @return a result for each job, in the same order: {@link JobResult.Outcome#COMPLETED} when
   *     nothing is left in its quarantine, {@link JobResult.Outcome#COMPLETED_WITH_GAPS} when
   *     something stays; neither says whether its history is complete
   * @throws InterruptedException when the thread is interrupted; the engine was stopped then, and
   *     its jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException when backfilling is switched
   *     off, a job's target is not in its source's notation, or the store has no such backfill
   */
  public List<JobResult> retryQuarantined(
      List<BackfillSpec<?>> jobs, Set<String> keys, RunOptions options)
      throws InterruptedException {
    return run(jobs, Set.copyOf(keys), false, options);
  }

  /**
   * Compares what is stored of jobs with everything that their sources list, until each of them has
   * ended, as {@link BackfillEngine#verify} does it.
   *
   * @param jobs what to verify; begun in this order
   * @param options how
   * @return a result for each job, in the same order, as {@link #run} gives it
   * @throws InterruptedException when the thread is interrupted; the engine was stopped then, and
   *     its jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException when backfilling is switched
   *     off, or a job's target is not in its source's notation
   */
  public List<JobResult> verify(List<BackfillSpec<?>> jobs, RunOptions options)
      throws InterruptedException {
    return run(jobs, null, true, options);
  }

  private List<JobResult> run(
      List<BackfillSpec<?>> jobs,
      @Nullable Set<String> retried,
      boolean verifying,
      RunOptions options)
      throws InterruptedException {
    jobs.forEach(engine::check);
    Deadline deadline = new Deadline(engine.parts().time(), options.maxDuration());
    FailFast failFast = new FailFast(engine.parts().ambience().commits());
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.max(1, Math.min(options.parallelism(), jobs.size())),
            DaemonThreads.named("backfill-worker"));
    boolean allHaveEnded = false;
    try {
      List<Future<JobResult>> futures = new ArrayList<>();
      for (BackfillSpec<?> job : jobs) {
        QuarantinePages pages = retried == null ? null : new QuarantinePages(retried);
        JobRunner<?> run = new JobRunner<>(engine, job, pages, verifying, options, deadline);
        futures.add(threads.submit(() -> failFast.heard(run.run(failFast.commonFailure()))));
      }
      List<JobResult> results = new ArrayList<>();
      for (Future<JobResult> future : futures) {
        results.add(resultOf(future));
      }
      allHaveEnded = true;
      return results;
    } finally {
      threads.shutdown();
      if (!allHaveEnded) {
        engine.stop();
        awaitUninterruptibly(threads);
      }
    }
  }

  /** The caller closes its database next, so nobody may be in a commit any more. */
  private static void awaitUninterruptibly(ExecutorService threads) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!threads.awaitTermination(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Some jobs did not end within {}; their leases end by themselves.", TIMEOUT);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static JobResult resultOf(Future<JobResult> future) throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
