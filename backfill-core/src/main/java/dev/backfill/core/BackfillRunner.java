package dev.backfill.core;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.source.PullSource;
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
 * A runner that drives jobs to their end: slice after slice, with waits in between, several jobs at
 * once if the options allow it.
 *
 * <p>Safe for any number of threads. {@link BackfillEngine#stop()} ends a run: each job finishes
 * its commit, releases its lease, and is reported as {@link JobResult.Outcome#INTERRUPTED}.
 */
public final class BackfillRunner implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(BackfillRunner.class);

  /** The time that a run that ends early waits for the commits of its jobs. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final BackfillEngine engine;
  private final @Nullable BackfillStore store;

  /**
   * Creates a runner.
   *
   * @param engine the engine that runs the slices; the caller closes it
   */
  public BackfillRunner(BackfillEngine engine) {
    this(engine, null);
  }

  private BackfillRunner(BackfillEngine engine, @Nullable BackfillStore store) {
    this.engine = engine;
    this.store = store;
  }

  /**
   * Creates a runner with an engine of its own and every default.
   *
   * @param store the store of the progress and of the items; stays the caller's
   * @return the runner; the caller closes it
   */
  public static BackfillRunner with(BackfillStore store) {
    return new BackfillRunner(BackfillEngine.builder(store.progress()).build(), store);
  }

  /**
   * Fetches the whole history of a target into the store's tables, or what has changed since the
   * last run. Blocks until it has ended, and waits for quota if needed.
   *
   * @param source the source of the items
   * @param target the target in the source's notation, such as {@code apache/kafka}
   * @param <T> the kind of item
   * @return the result; failures of the source and of the store are results, not exceptions
   * @throws InterruptedException if the thread is interrupted; the engine was then stopped, and the
   *     run has ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException if the store has no tables for
   *     the items, backfilling is switched off, or the target is not in the source's notation
   * @throws IllegalStateException if the runner was created with an engine, and so has no tables
   */
  public <T> JobResult run(PullSource<T> source, String target) throws InterruptedException {
    BackfillStore tables = store;
    if (tables == null) {
      throw new IllegalStateException(
          "This runner has an engine and no store, so it cannot choose a sink. Nothing was"
              + " started. Create it by BackfillRunner.with(store), or run a BackfillSpec.");
    }
    return run(List.of(BackfillSpec.of(source, target, tables)), RunOptions.DEFAULT).get(0);
  }

  /**
   * Runs jobs until each of them has ended. Some failures would meet every job: a host that cannot
   * be reached, a refused token. As long as nothing has worked, such a failure also ends the jobs
   * that have not begun.
   *
   * @param jobs the jobs, in the order in which they begin
   * @param options the options
   * @return a result for each job, in the same order
   * @throws InterruptedException if the thread is interrupted; the engine was then stopped, and its
   *     jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException if backfilling is switched off,
   *     or a job's target is not in its source's notation
   */
  public List<JobResult> run(List<BackfillSpec<?>> jobs, RunOptions options)
      throws InterruptedException {
    return run(jobs, null, false, options);
  }

  /**
   * Fetches the items that jobs have in quarantine again, until each job has ended, as {@link
   * BackfillEngine#retryQuarantined(BackfillSpec, Set, SliceLimits)} does.
   *
   * @param jobs the jobs, in the order in which they begin
   * @param keys the keys of the items; empty for all
   * @param options the options
   * @return a result for each job, in the same order: {@link JobResult.Outcome#COMPLETED} if
   *     nothing is left in its quarantine, {@link JobResult.Outcome#COMPLETED_WITH_GAPS} if
   *     something stays; neither means that its history is complete
   * @throws InterruptedException if the thread is interrupted; the engine was then stopped, and its
   *     jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException if backfilling is switched off,
   *     a job's target is not in its source's notation, or the store has no such backfill
   */
  public List<JobResult> retryQuarantined(
      List<BackfillSpec<?>> jobs, Set<String> keys, RunOptions options)
      throws InterruptedException {
    return run(jobs, Set.copyOf(keys), false, options);
  }

  /**
   * Compares the stored items of jobs with everything that their sources list, until each job has
   * ended, as {@link BackfillEngine#verify} does.
   *
   * @param jobs the jobs, in the order in which they begin
   * @param options the options
   * @return a result for each job, in the same order, as {@link #run} returns it
   * @throws InterruptedException if the thread is interrupted; the engine was then stopped, and its
   *     jobs have ended
   * @throws dev.backfill.api.failure.InvalidConfigurationException if backfilling is switched off,
   *     or a job's target is not in its source's notation
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
    Deadline deadline = new Deadline(engine.context().time(), options.maxDuration());
    FailFast failFast = new FailFast(engine.context().commits());
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
        futures.add(threads.submit(() -> failFast.record(run.run(failFast.commonFailure()))));
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

  /** Waits for all commits, since the caller closes its database next. */
  private static void awaitUninterruptibly(ExecutorService threads) {
    boolean interrupted = Thread.interrupted();
    try {
      if (!threads.awaitTermination(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("Some jobs did not end within {}; their leases expire.", TIMEOUT);
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

  /** Closes the engine that {@link #with} created. Does nothing to an engine of the caller's. */
  @Override
  public void close() {
    if (store != null) {
      engine.close();
    }
  }
}
