package dev.backfill.cli.command;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.run.RunPlan;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.view.PlanJson;
import dev.backfill.cli.view.PlanText;
import dev.backfill.cli.view.RunJson;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubPlanner;
import dev.backfill.github.HistoryEstimate;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill plan}: the estimated cost of a run. */
@Command(
    name = "plan",
    description =
        "Estimates the cost of fetching the history of repositories, in requests, points and hours."
            + " Sends a few requests to GitHub, opens no database and fetches no items.",
    sortOptions = false)
final class PlanCommand implements Callable<Integer> {

  /** Share of the quota that a run leaves to other clients. */
  private static final int RESERVE_PERCENT = StandardRateLimitPolicy.DEFAULT_RESERVE_PERCENT;

  @Parameters(arity = "1..*", paramLabel = "OWNER/NAME", description = "The repositories.")
  List<String> repositories = List.of();

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try {
      List<HistoryEstimate> estimates = estimates(plan());
      out.print(
          json
              ? PlanJson.of(estimates, reading.transport, RESERVE_PERCENT)
              : PlanText.of(estimates, reading.transport, RESERVE_PERCENT));
      out.flush();
      return ExitCode.DONE.number();
    } catch (RateLimitedException e) {
      fail(e, ExitCode.WAITING);
      PrintWriter err = spec.commandLine().getErr();
      err.println("backfill: " + e.getMessage());
      err.printf("Come back at %s.%n", Format.moment(e.until(), ZoneId.systemDefault()));
      err.flush();
      return ExitCode.WAITING.number();
    } catch (BackfillException e) {
      fail(e, ExitCode.of(e));
      throw e;
    }
  }

  private void fail(BackfillException e, ExitCode code) {
    if (json) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(RunJson.ofFailure(e, code));
      out.flush();
    }
  }

  /** Returns the plan of the run to estimate, as a dry run. */
  private RunPlan plan() {
    RunPlan plan =
        new RunPlan(
            RunCommand.targets(repositories),
            reading.selection(),
            RunOptions.DEFAULT,
            BackfillSettings.builder().environment(System.getenv()).build(),
            RunPlan.Tuning.NONE,
            true);
    plan.check();
    return plan;
  }

  private List<HistoryEstimate> estimates(RunPlan plan) throws InterruptedException {
    List<HistoryEstimate> estimates = new ArrayList<>();
    try (GitHub client = plan.client(null)) {
      GitHubPlanner planner = GitHubPlanner.of(client);
      for (String target : plan.targets()) {
        estimates.add(
            planner.estimate(target, reading.include.extras(), reading.include.streams()));
      }
    }
    return estimates;
  }
}
