package dev.backfill.cli.command;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.option.Verbosity;
import dev.backfill.cli.run.Interruption;
import dev.backfill.cli.run.RunPlan;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.run.RunSession;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.view.RunJson;
import dev.backfill.cli.view.RunText;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.policy.FailureBudget;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code backfill run}: fetches the history of repositories, or the missing part of it. */
@Command(
    name = "run",
    description =
        "Fetches the history of repositories into the database. Run it again to continue after an"
            + " interruption, or to fetch new and changed items.",
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "OWNER/NAME", description = "The repositories.")
  List<String> repositories = List.of();

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Option(
      names = "--chunk-size",
      paramLabel = "N",
      description = "Use chunks of N items, from 1 to 1000. Default: 25 to 50, adaptive.")
  @Nullable Integer chunkSize;

  @Option(
      names = "--max-chunks",
      paramLabel = "N",
      description = "End after N chunks of each stream. Default: no limit.")
  long maxChunks = RunOptions.DEFAULT.maxChunks();

  @Option(
      names = "--max-duration",
      paramLabel = "DURATION",
      description = "Begin no chunk after this time, such as PT10M. Default: no limit.")
  @Nullable Duration maxDuration;

  @Option(
      names = "--no-wait",
      description =
          "End with exit code 75 instead of waiting for quota, and print when to come back.")
  boolean noWait;

  @Option(
      names = "--verify",
      description =
          "Compare every key that GitHub lists with the stored items, not only the counts, and fetch"
              + " missing items. Costs one request per about 90 items.")
  boolean verify;

  @Option(names = "--dry-run", description = "Fetch and count items, and write nothing.")
  boolean dryRun;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "3",
      description = "Work on N streams at once, from 1 to 100. Default: ${DEFAULT-VALUE}.")
  int parallel;

  @Option(
      names = "--lease",
      paramLabel = "DURATION",
      defaultValue = "PT60S",
      description =
          "Duration of a lease, from PT1S to PT24H; other workers wait for it if this process dies."
              + " Default: ${DEFAULT-VALUE}.")
  Duration lease = BackfillEngine.DEFAULT_LEASE;

  @Option(
      names = "--max-quarantined",
      paramLabel = "N",
      description =
          "Fail if a stream has more than N items in quarantine. Default: 100, or a tenth of the"
              + " stream if that is more.")
  @Nullable Long maxQuarantined;

  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @ParentCommand Verbosity root = Verbosity.QUIET;

  @Spec CommandSpec spec = CommandSpec.create();

  private final Invocation invocation;

  RunCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (Interruption interruption = Interruption.install(err, invocation.again())) {
      RunSession session = new RunSession(plan(), err, root.isVerbose(), interruption);
      RunReport report = verify ? session.verify() : session.run();
      out.print(json ? RunJson.of(report) : RunText.of(report));
      out.flush();
      RunText.advice(report, invocation).forEach(err::println);
      if (report.isInterrupted()) {
        err.println(interruption.sentence());
      }
      err.flush();
      return report.exitCode().number();
    } catch (BackfillException e) {
      if (json) {
        out.print(RunJson.ofFailure(e, ExitCode.of(e)));
        out.flush();
      }
      throw e;
    }
  }

  /** Checks options and settings before a database or a connection is opened. */
  private RunPlan plan() {
    List<String> targets = targets(repositories);
    RunOptions options = new RunOptions(parallel, !noWait, maxChunks, maxDuration);
    BackfillSettings settings = connection.settings();
    if (!settings.enabled().value()) {
      throw new InvalidConfigurationException(
          BackfillSettings.ENABLED
              + " is false. Nothing was started, and nothing was changed. Set it to true, or unset it, to"
              + " run backfills.");
    }
    RunPlan plan = new RunPlan(targets, reading.selection(), options, settings, tuning(), dryRun);
    plan.check();
    return plan;
  }

  private RunPlan.Tuning tuning() {
    FailureBudget budget =
        maxQuarantined == null ? FailureBudget.ofDefaults() : FailureBudget.ofItems(maxQuarantined);
    return new RunPlan.Tuning(chunkSize, lease, budget);
  }

  /** Parses names and removes duplicates; GitHub ignores their case. */
  static List<String> targets(List<String> repositories) {
    TreeSet<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    return repositories.stream()
        .map(text -> RepositoryName.parse(text).toString())
        .filter(seen::add)
        .toList();
  }
}
