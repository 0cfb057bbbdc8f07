package dev.backfill.cli.run;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.progress.ProgressDisplay;
import dev.backfill.cli.progress.ProgressDisplays;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.github.GitHub;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A run, from opening the database to closing it. */
public final class RunSession {

  private final RunPlan plan;
  private final PrintWriter err;
  private final boolean verbose;
  private final Interruption interruption;

  public RunSession(RunPlan plan, PrintWriter err, boolean verbose, Interruption interruption) {
    this.plan = plan;
    this.err = err;
    this.verbose = verbose;
    this.interruption = interruption;
  }

  /** Fetches the history of the planned streams. */
  public RunReport run() throws InterruptedException {
    return run((runner, jobs) -> runner.run(jobs, plan.options()));
  }

  /** Fetches new items, and compares every key that GitHub lists with the stored items. */
  public RunReport verify() throws InterruptedException {
    return run((runner, jobs) -> runner.verify(jobs, plan.options()));
  }

  /** Fetches the items that these backfills have in quarantine again. */
  public RunReport retry(Set<BackfillKey> backfills, Set<String> keys) throws InterruptedException {
    return run(
        (runner, jobs) ->
            runner.retryQuarantined(
                jobs.stream().filter(job -> backfills.contains(job.key())).toList(),
                keys,
                plan.options()));
  }

  private RunReport run(Work work) throws InterruptedException {
    TimeSource time = TimeSource.system();
    long start = time.nanoTime();
    List<JobResult> results;
    // Closed in the opposite order: the engine first, so that the display receives every event.
    try (RunStores destination = plan.open();
        GitHub client = plan.client(destination.limits());
        ProgressDisplay display = ProgressDisplays.on(err, verbose);
        BackfillEngine engine = plan.engine(destination, display)) {
      interruption.onRequest(engine::stop);
      results = work.run(new BackfillRunner(engine), plan.jobs(client, destination));
    }
    return new RunReport(results, Duration.ofNanos(time.nanoTime() - start), plan.dryRun());
  }

  /** The work on the jobs. */
  @FunctionalInterface
  private interface Work {
    List<JobResult> run(BackfillRunner runner, List<BackfillSpec<?>> jobs)
        throws InterruptedException;
  }
}
