package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Requester;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill actions}: the emergency switch of GitHub Actions. */
@Command(
    name = "actions",
    description = "Disables or enables GitHub Actions as a destination, for every process.",
    subcommands = {ActionsCommand.Disable.class, ActionsCommand.Enable.class},
    synopsisSubcommandLabel = "(disable | enable)")
final class ActionsCommand implements Callable<Integer> {

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  /** One position of the switch. */
  private abstract static class Switch implements Callable<Integer> {

    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Spec CommandSpec spec = CommandSpec.create();

    abstract String apply(Database database);

    @Override
    public Integer call() {
      BackfillSettings settings = connection.settings();
      PrintWriter out = spec.commandLine().getOut();
      try (Database database = Database.open(settings, 1)) {
        out.println(apply(database));
      }
      out.flush();
      return ExitCode.DONE.number();
    }
  }

  /** {@code backfill actions disable}. */
  @Command(
      name = "disable",
      description =
          "Stops sending jobs to GitHub Actions until actions enable, for every process. Local"
              + " workers run the jobs that are placed there.")
  static class Disable extends Switch {

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "The reason; backfill explain shows it.")
    String reason = "";

    @Override
    String apply(Database database) {
      if (reason.isBlank()) {
        throw new InvalidConfigurationException(
            "--reason is empty. Nothing was changed. Give a reason, which backfill explain shows.");
      }
      database
          .store()
          .jobs()
          .suspend(
              new Suspension(
                  Suspension.of(Destination.GITHUB_ACTIONS),
                  reason,
                  Requester.ofThisMachine(),
                  TimeSource.system().now(),
                  null,
                  1));
      return "No jobs are sent to GitHub Actions. Enable it again with: backfill actions enable";
    }
  }

  /** {@code backfill actions enable}. */
  @Command(name = "enable", description = "Sends jobs to GitHub Actions again.")
  static class Enable extends Switch {
    @Override
    String apply(Database database) {
      boolean was = database.store().jobs().resume(Suspension.of(Destination.GITHUB_ACTIONS));
      return was
          ? "Jobs are sent to GitHub Actions again."
          : "GitHub Actions was not suspended. Nothing was changed.";
    }
  }

  /** The former name of {@link Disable}. */
  @Command(
      name = "suspend-actions",
      hidden = true,
      description = "The former name of actions disable.")
  static final class Suspend extends Disable {}

  /** The former name of {@link Enable}. */
  @Command(
      name = "restore-actions",
      hidden = true,
      description = "The former name of actions enable.")
  static final class Restore extends Enable {}
}
