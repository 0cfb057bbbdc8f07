package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.time.TimeSource;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.view.StatusJson;
import dev.backfill.cli.view.StatusText;
import dev.backfill.cli.view.WatchScreen;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill status}: the state of every backfill, also while one runs. */
@Command(
    name = "status",
    description = "Shows the state of every backfill in the database, also while one runs.")
final class StatusCommand implements Callable<Integer> {

  @Parameters(
      arity = "0..*",
      paramLabel = "OWNER/NAME",
      description = "The repositories. Default: all.")
  List<String> repositories = List.of();

  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Option(names = "--watch", description = "Show all jobs and update the screen until Ctrl-C.")
  boolean watch;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "PT2S",
      description = "Update interval of --watch, at least PT0.1S. Default: ${DEFAULT-VALUE}.")
  Duration interval = Duration.ofSeconds(2);

  /** Number of updates before it ends, for tests. */
  @Option(names = "--looks", hidden = true)
  long looks = Long.MAX_VALUE;

  @Option(
      names = "--connection",
      description = "Print the database's address, user and password for other clients.")
  boolean showConnection;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    if (showConnection) {
      PrintWriter out = spec.commandLine().getOut();
      out.print(Database.connection(connection.settings()));
      out.flush();
      return ExitCode.DONE.number();
    }
    Selection selection = Selection.of(repositories);
    if (watch) {
      return watch(selection);
    }
    BackfillSettings settings = connection.settings();
    List<Backfill> backfills =
        Database.look(settings, database -> database.backfills(selection), List.of());
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(StatusJson.of(backfills));
    } else if (!backfills.isEmpty()) {
      out.print(StatusText.of(backfills, TimeSource.system().now(), ZoneId.systemDefault()));
    }
    out.flush();
    if (backfills.isEmpty() && repositories.isEmpty()) {
      return none(settings);
    }
    return unknown(selection, backfills, settings);
  }

  private int unknown(Selection selection, List<Backfill> backfills, BackfillSettings settings) {
    boolean missing =
        UnknownBackfill.report(selection, backfills, settings, spec.commandLine().getErr());
    return (missing ? ExitCode.FAILED : ExitCode.DONE).number();
  }

  private int none(BackfillSettings settings) {
    spec.commandLine()
        .getErr()
        .printf(
            "There are no backfills yet in %s. Begin with: backfill run OWNER/NAME%n",
            Database.shown(settings));
    return ExitCode.DONE.number();
  }

  private int watch(Selection selection) throws InterruptedException {
    if (interval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new InvalidConfigurationException(
          "--interval is " + interval + ". Nothing was read. Set at least PT0.1S.");
    }
    BackfillSettings settings = connection.settings();
    Optional<Database> existing = Database.openExisting(settings);
    if (existing.isEmpty()) {
      return none(settings);
    }
    try (Database database = existing.get()) {
      List<Backfill> backfills = database.backfills(selection);
      if (backfills.isEmpty() && !repositories.isEmpty()) {
        return unknown(selection, backfills, settings);
      }
      WatchScreen screen = new WatchScreen(database, selection, spec.commandLine().getOut());
      for (long look = 1; look <= looks; look++) {
        screen.draw();
        if (look < looks) {
          TimeSource.system().sleep(interval);
        }
      }
    }
    return ExitCode.DONE.number();
  }
}
