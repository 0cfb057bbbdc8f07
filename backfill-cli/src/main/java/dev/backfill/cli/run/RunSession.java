package dev.backfill.cli.run;

import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.progress.ProgressDisplay;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.github.GitHub;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** A run from opening the database to closing it. */
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

  /** Brings the history of what is planned. */
  public RunReport run() throws InterruptedException {
    return run((runner, jobs) -> runner.run(jobs, plan.options()));
  }

  /** Brings what is new, and compares everything that GitHub lists with what is stored. */
  public RunReport verify() throws InterruptedException {
    return run((runner, jobs) -> runner.verify(jobs, plan.options()));
  }

  /** Reads again what these backfills have in quarantine. */
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
    // Closed in the opposite order: the engine first, so that the display has heard everything.
    try (RunStores destination = plan.open();
        GitHub client = plan.client(destination.limits());
        ProgressDisplay display = ProgressDisplay.on(err, verbose);
        BackfillEngine engine = plan.engine(destination, display)) {
      interruption.onRequest(engine::stop);
      results = work.run(new BackfillRunner(engine), plan.jobs(client, destination));
    }
    return new RunReport(results, Duration.ofNanos(time.nanoTime() - start), plan.dryRun());
  }

  /** What to do with the jobs. */
  @FunctionalInterface
  private interface Work {
    List<JobResult> run(BackfillRunner runner, List<BackfillSpec<?>> jobs)
        throws InterruptedException;
  }
}
