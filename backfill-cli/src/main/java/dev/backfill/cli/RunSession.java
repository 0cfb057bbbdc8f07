package dev.backfill.cli;

import dev.backfill.api.time.TimeSource;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillRunner;
import dev.backfill.core.JobResult;
import dev.backfill.github.GitHubClient;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** A run from opening the database to closing it. */
final class RunSession {

  private final RunPlan plan;
  private final PrintWriter err;
  private final boolean verbose;
  private final Interruption interruption;

  RunSession(RunPlan plan, PrintWriter err, boolean verbose, Interruption interruption) {
    this.plan = plan;
    this.err = err;
    this.verbose = verbose;
    this.interruption = interruption;
  }

  RunReport run() throws InterruptedException {
    TimeSource time = TimeSource.system();
    long start = time.nanoTime();
    List<JobResult> results;
    // Closed in the opposite order: the engine first, so that the display has heard everything.
    try (Destination destination = plan.open();
        GitHubClient client = plan.client();
        ProgressDisplay display = ProgressDisplay.on(err, verbose);
        BackfillEngine engine = plan.engine(destination, display)) {
      interruption.onRequest(engine::stop);
      results = new BackfillRunner(engine).run(plan.jobs(client, destination), plan.options());
    }
    return new RunReport(results, Duration.ofNanos(time.nanoTime() - start), plan.dryRun());
  }
}
