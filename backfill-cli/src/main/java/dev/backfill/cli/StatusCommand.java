package dev.backfill.cli;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill status}: where every backfill stands, also while one runs. */
@Command(
    name = "status",
    description = "Shows where every backfill of the database stands, also while one runs.")
final class StatusCommand implements Callable<Integer> {

  @Option(names = "--json", description = "Print it as one JSON object.")
  boolean json;

  @Option(
      names = "--watch",
      description = "Show all jobs and keep the screen up to date, until Ctrl-C.")
  boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "PT2S",
      description = "How often --watch looks. Default: ${DEFAULT-VALUE}.")
  Duration interval = Duration.ofSeconds(2);

  /** For tests: after how many looks it ends. */
  @Option(names = "--looks", hidden = true)
  long looks = Long.MAX_VALUE;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    if (watch) {
      return watch();
    }
    List<Backfill> backfills = read(connection.settings());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(StatusJson.of(backfills));
    } else if (!backfills.isEmpty()) {
      out.print(StatusText.of(backfills, ZoneId.systemDefault()));
    }
    out.flush();
    if (backfills.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("There are no backfills yet; begin with: backfill run OWNER/NAME");
    }
    return ExitCode.DONE.number();
  }

  private int watch() throws InterruptedException {
    if (interval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new InvalidConfigurationException(
          "--interval is " + interval + "; it must be at least PT0.1S.");
    }
    PrintWriter out = spec.commandLine().getOut();
    Optional<Database> existing = Database.openExisting(connection.settings());
    if (existing.isEmpty()) {
      spec.commandLine()
          .getErr()
          .println("There are no backfills yet; begin with: backfill track OWNER/NAME");
      return ExitCode.DONE.number();
    }
    try (Database database = existing.get()) {
      WatchScreen screen = new WatchScreen(database, out);
      for (long look = 1; look <= looks; look++) {
        screen.draw();
        if (look < looks) {
          TimeSource.system().sleep(interval);
        }
      }
    }
    return ExitCode.DONE.number();
  }

  private static List<Backfill> read(BackfillSettings settings) {
    Optional<Database> existing = Database.openExisting(settings);
    if (existing.isEmpty()) {
      return List.of();
    }
    try (Database database = existing.get()) {
      return database.backfills();
    }
  }
}
