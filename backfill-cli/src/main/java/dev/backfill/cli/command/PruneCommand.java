package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Pruned;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.core.Retention;
import dev.backfill.core.config.BackfillSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill prune}: removes old records of past work. */
@Command(
    name = "prune",
    description =
        "Removes old records of past work: runs, transitions, job events, and all but the newest"
            + " chunks of completed backfills. Stored items and progress stay.")
final class PruneCommand implements Callable<Integer> {

  @Option(
      names = "--older-than",
      paramLabel = "DURATION",
      description = "Remove records older than this. Default: BACKFILL_RETENTION_DAYS, else P90D.")
  @Nullable Duration olderThan;

  @Option(names = "--dry-run", description = "Print the number of records, and remove none.")
  boolean dryRun;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    BackfillSettings settings = connection.settings();
    Duration age = age(settings);
    Optional<Database> existing = Database.openExisting(settings);
    PrintWriter out = spec.commandLine().getOut();
    if (existing.isEmpty()) {
      out.println("There is no database yet. Nothing was removed.");
    } else {
      try (Database database = existing.get()) {
        out.println(prune(database, age));
      }
    }
    out.flush();
    return ExitCode.DONE.number();
  }

  private Duration age(BackfillSettings settings) {
    Duration age = olderThan == null ? settings.orchestration().retention() : olderThan;
    if (age == null) {
      throw new InvalidConfigurationException(
          "%s is 0, which keeps records for ever. No rows were removed. Set it to a number of days, or pass --older-than."
              .formatted(BackfillSettings.RETENTION_DAYS));
    }
    if (age.isNegative()) {
      throw new InvalidConfigurationException(
          "--older-than is %s. No rows were removed. Set a duration that is not negative, such as P90D."
              .formatted(age));
    }
    return age;
  }

  private String prune(Database database, Duration age) {
    Retention retention = new Retention(database.store().progress(), database.store().jobs());
    if (dryRun) {
      return "Would remove " + text(database.prunable(retention, age), age);
    }
    database.upgrade();
    return "Removed " + text(retention.prune(age, () -> false), age);
  }

  private static String text(Pruned pruned, Duration age) {
    return String.format(
        Locale.ROOT,
        "%,d run(s), %,d transition(s), %,d job event(s) and %,d chunk(s) older than %s.",
        pruned.runs(),
        pruned.transitions(),
        pruned.jobEvents(),
        pruned.chunks(),
        age.toHours() % 24 == 0 ? age.toDays() + " day(s)" : age.toString());
  }
}
