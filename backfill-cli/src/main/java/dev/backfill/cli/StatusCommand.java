package dev.backfill.cli;

import dev.backfill.api.store.Backfill;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
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

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
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
