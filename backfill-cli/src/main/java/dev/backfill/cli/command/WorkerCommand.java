package dev.backfill.cli.command;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.progress.ProgressDisplay;
import dev.backfill.cli.progress.ProgressLines;
import dev.backfill.cli.run.Interruption;
import dev.backfill.cli.run.ManagedParts;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.view.ActionsOutput;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.ManagerRules;
import dev.backfill.core.manager.RunSummary;
import dev.backfill.core.routing.JobRouter;
import dev.backfill.core.run.RunOptions;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubActionsDispatcher;
import dev.backfill.github.GitHubIssueReporter;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill worker}: runs due jobs. */
@Command(
    name = "worker",
    description =
        "Runs due jobs of all tracked repositories, until Ctrl-C or as long as the options allow."
            + " Any number of workers share the jobs.",
    sortOptions = false)
final class WorkerCommand implements Callable<Integer> {

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Option(
      names = "--once",
      description = "Run the jobs that are due now and end, without waiting for quota; for cron.")
  boolean once;

  @Option(
      names = "--max-duration",
      paramLabel = "DURATION",
      description =
          "Begin no slice after this time, such as PT5H30M, and end if no job is due before then."
              + " Default: no limit.")
  @Nullable Duration maxDuration;

  @Option(
      names = "--destination",
      paramLabel = "WHERE",
      defaultValue = "local",
      description =
          "Where this worker runs: local, or github-actions, which runs dispatched jobs. Default:"
              + " ${DEFAULT-VALUE}.")
  String destination = "local";

  @Option(
      names = "--correlation-id",
      paramLabel = "ID",
      description = "Run only the jobs that were dispatched with this id. Default: all.")
  String correlationId = "";

  @Option(
      names = "--all-placements",
      description = "Also run jobs that are placed at other destinations; for a single worker.")
  boolean allPlacements;

  /** The former name of {@code --all-placements}. */
  @Option(names = "--any", hidden = true)
  void any(boolean given) {
    allPlacements |= given;
  }

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "3",
      description = "Work on N streams at once, from 1 to 100. Default: ${DEFAULT-VALUE}.")
  int parallel;

  @Option(
      names = "--sync-every",
      paramLabel = "DURATION",
      defaultValue = "PT1H",
      description =
          "Min interval between syncs of a complete repository, PT0S for none; longer if many jobs are"
              + " due or little quota is left. Default: ${DEFAULT-VALUE}.")
  Duration syncEvery = ManagerRules.Sync.DEFAULT.min();

  @Option(
      names = "--lease",
      paramLabel = "DURATION",
      defaultValue = "PT60S",
      description =
          "Duration of a lease, from PT1S to PT24H; other workers wait for it if this process dies."
              + " Default: ${DEFAULT-VALUE}.")
  Duration lease = BackfillEngine.DEFAULT_LEASE;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  private final Invocation invocation;

  WorkerCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter err = spec.commandLine().getErr();
    BackfillSettings settings = connection.settings();
    if (!settings.enabled().value()) {
      throw new InvalidConfigurationException(
          BackfillSettings.ENABLED
              + " is false. Nothing was started, and nothing was changed. Set it to true, or unset it, to"
              + " run backfills.");
    }
    Destination here = here();
    new RunOptions(parallel, true, Long.MAX_VALUE, maxDuration);
    ActionsOutput actions = ActionsOutput.of(System.getenv(), spec.commandLine().getOut());
    try (Interruption interruption = Interruption.install(err, invocation.again());
        // Lines, since bars for hundreds of streams do not fit. status --watch shows all of them.
        ProgressDisplay display = new ProgressLines(err, ZoneId.systemDefault(), System::nanoTime);
        ManagedParts parts =
            ManagedParts.open(
                settings,
                reading.selection(),
                parallel,
                (builder, client, store) ->
                    equipped(builder, client, store, settings, here, actions)
                        .listener(display)
                        .listener(actions))) {
      interruption.onRequest(parts.manager()::stop);
      if (parts.database().jobs().isEmpty()) {
        err.println("No repository is tracked yet. Begin with: backfill track OWNER/NAME");
        err.flush();
      }
      RunSummary summary = work(parts.manager());
      actions.summarize(parts.database(), summary);
      print(summary);
      if (interruption.isRequested()) {
        err.println(interruption.sentence());
        err.flush();
        return ExitCode.INTERRUPTED.number();
      }
      return summary.failed() > 0 ? ExitCode.FAILED.number() : ExitCode.DONE.number();
    }
  }

  private RunSummary work(BackfillManager manager) throws InterruptedException {
    if (maxDuration == null) {
      return once ? manager.runDue() : manager.runForEver();
    }
    return once ? manager.runDue(maxDuration) : manager.runFor(maxDuration);
  }

  private Destination here() {
    if (!destination.equals(Destination.LOCAL.name())
        && !destination.equals(Destination.GITHUB_ACTIONS.name())) {
      throw new InvalidConfigurationException(
          "--destination is \"%s\". Nothing was started. Set it to %s or %s."
              .formatted(destination, Destination.LOCAL, Destination.GITHUB_ACTIONS));
    }
    return new Destination(destination);
  }

  private BackfillManager.Builder equipped(
      BackfillManager.Builder builder,
      GitHub client,
      BackfillStore store,
      BackfillSettings settings,
      Destination here,
      ActionsOutput actions) {
    builder
        .destination(here)
        .anyPlacement(allPlacements)
        .correlationId(correlationId.isBlank() ? null : correlationId.strip())
        .rules(rules -> rules.withSync(syncInterval()))
        .engine(engine -> engine.lease(lease));
    BackfillSettings.Orchestration orchestration = settings.orchestration();
    String workflows = orchestration.actionsRepository().value();
    if (workflows != null && here.equals(Destination.LOCAL)) {
      builder
          .router(JobRouter.standard(orchestration.actionsShare().value()))
          .dispatcher(
              GitHubActionsDispatcher.builder(
                      client, workflows, orchestration.actionsWorkflow().value())
                  .ref(orchestration.actionsRef().value())
                  .build());
    }
    String issues = orchestration.issueRepository().value();
    if (issues != null) {
      builder.failureReporter(
          GitHubIssueReporter.builder(client, issues, store.failures())
              .runLink(actions.runLink())
              .build());
    }
    return builder;
  }

  private ManagerRules.@Nullable Sync syncInterval() {
    if (syncEvery.isZero()) {
      return null;
    }
    Duration max = ManagerRules.Sync.DEFAULT.max();
    return new ManagerRules.Sync(syncEvery, syncEvery.compareTo(max) > 0 ? syncEvery : max);
  }

  private void print(RunSummary summary) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%,d slice(s), %,d item(s), %,d stream(s) completed, %,d failure(s), %,d request(s) to"
            + " GitHub Actions%n",
        summary.slices(),
        summary.counts().items(),
        summary.completed(),
        summary.failed(),
        summary.dispatched());
    if (summary.nextDue() != null) {
      out.printf("Next: %s%n", Format.moment(summary.nextDue(), ZoneId.systemDefault()));
    }
    out.flush();
  }
}
