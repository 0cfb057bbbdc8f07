package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.ConnectionOptions;
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

/** The emergency switch of GitHub Actions. */
abstract sealed class SuspendCommand implements Callable<Integer> {

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

  /** {@code backfill suspend-actions}. */
  @Command(
      name = "suspend-actions",
      description =
          "The emergency switch: sends no jobs to GitHub Actions, from any process, until"
              + " restore-actions. What was to go there runs here.")
  static final class Suspend extends SuspendCommand {

    @Option(
        names = "--reason",
        required = true,
        paramLabel = "TEXT",
        description = "Why; shown by backfill explain.")
    String reason = "";

    @Override
    String apply(Database database) {
      if (reason.isBlank()) {
        throw new InvalidConfigurationException(
            "--reason is empty, so nothing has changed; say why, for those who come across it.");
      }
      database
          .store()
          .jobs()
          .suspend(
              new Suspension(
                  Suspension.of(Destination.GITHUB_ACTIONS),
                  reason,
                  System.getProperty("user.name", "unnamed"),
                  TimeSource.system().now(),
                  null,
                  1));
      return "No jobs are sent to GitHub Actions until: backfill restore-actions";
    }
  }

  /** {@code backfill restore-actions}. */
  @Command(
      name = "restore-actions",
      description = "Sends jobs to GitHub Actions again, whoever or whatever had suspended it.")
  static final class Restore extends SuspendCommand {
    @Override
    String apply(Database database) {
      boolean was = database.store().jobs().resume(Suspension.of(Destination.GITHUB_ACTIONS));
      return was
          ? "Jobs are sent to GitHub Actions again."
          : "GitHub Actions was not suspended, so nothing has changed.";
    }
  }
}
