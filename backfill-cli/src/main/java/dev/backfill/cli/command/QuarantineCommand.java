package dev.backfill.cli.command;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.option.Verbosity;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.Interruption;
import dev.backfill.cli.run.RunPlan;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.run.RunSession;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.view.QuarantineText;
import dev.backfill.cli.view.RunText;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.RunOptions;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code backfill quarantine}: the items that could not be stored. */
@Command(
    name = "quarantine",
    description = "Lists or retries items that could not be stored.",
    subcommands = {QuarantineCommand.ListItems.class, QuarantineCommand.Retry.class})
final class QuarantineCommand implements Callable<Integer> {

  @ParentCommand Verbosity root = Verbosity.QUIET;

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return ExitCode.USAGE.number();
  }

  /** The options of both subcommands, and the selected backfills. */
  abstract static sealed class Part implements Callable<Integer> {

    private static final int PAGE = 500;

    @Parameters(
        arity = "0..*",
        paramLabel = "OWNER/NAME",
        description = "The repositories. Default: all.")
    List<String> repositories = List.of();

    @Mixin ConnectionOptions connection = new ConnectionOptions();

    @Spec CommandSpec spec = CommandSpec.create();

    /** Returns the selected backfills with items in quarantine, in the order of the store. */
    static List<Backfill> affected(Database database, Selection selection) {
      return database.backfills(selection).stream()
          .filter(backfill -> backfill.counters().quarantined() > 0)
          .toList();
    }

    static List<QuarantineText.Entry> entries(Database database, Backfill backfill) {
      List<QuarantineText.Entry> entries = new ArrayList<>();
      String after = "";
      while (true) {
        List<QuarantinedItem> page =
            database.store().progress().quarantinedAfter(backfill.id(), after, PAGE);
        if (page.isEmpty()) {
          return entries;
        }
        page.forEach(item -> entries.add(new QuarantineText.Entry(backfill.key(), item)));
        after = page.get(page.size() - 1).item().key();
      }
    }

    /** Prints a message for each name without a backfill. Returns true if there is one. */
    final boolean namesUnknown(BackfillSettings settings) {
      return UnknownBackfill.report(
          Selection.of(repositories),
          Database.look(settings, Database::backfills, List.of()),
          settings,
          spec.commandLine().getErr());
    }

    final int nothing() {
      spec.commandLine().getErr().println("Nothing is in quarantine.");
      return ExitCode.DONE.number();
    }
  }

  /** {@code backfill quarantine list}. */
  @Command(name = "list", description = "Lists the items in quarantine, with their errors.")
  static final class ListItems extends Part {

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    private final Invocation invocation;

    ListItems(Invocation invocation) {
      this.invocation = invocation;
    }

    @Override
    public Integer call() {
      List<QuarantineText.Entry> entries = read(Selection.of(repositories));
      PrintWriter out = spec.commandLine().getOut();
      if (json) {
        out.print(QuarantineText.json(entries));
      } else if (!entries.isEmpty()) {
        out.print(QuarantineText.table(entries, ZoneId.systemDefault()));
      }
      out.flush();
      if (entries.isEmpty()) {
        return namesUnknown(connection.settings()) ? ExitCode.FAILED.number() : nothing();
      }
      spec.commandLine().getErr().println(QuarantineText.howToRetry(invocation));
      return ExitCode.DONE.number();
    }

    private List<QuarantineText.Entry> read(Selection selection) {
      return Database.look(
          connection.settings(),
          database ->
              affected(database, selection).stream()
                  .flatMap(backfill -> entries(database, backfill).stream())
                  .toList(),
          List.of());
    }
  }

  /** {@code backfill quarantine retry}. */
  @Command(
      name = "retry",
      description =
          "Fetches and stores items in quarantine again. Stored items leave it. Exit code 3 if some"
              + " remain.")
  static final class Retry extends Part {

    @Option(
        names = "--key",
        paramLabel = "KEY",
        description =
            "Retry only the item with this key from list; may be repeated. Default: all items.")
    List<String> keys = List.of();

    @ParentCommand QuarantineCommand parent = new QuarantineCommand();

    private final Invocation invocation;

    Retry(Invocation invocation) {
      this.invocation = invocation;
    }

    @Override
    public Integer call() throws InterruptedException {
      BackfillSettings settings = connection.settings();
      Set<BackfillKey> backfills = backfills(settings, Selection.of(repositories));
      if (backfills.isEmpty()) {
        return namesUnknown(settings) ? ExitCode.FAILED.number() : nothing();
      }
      PrintWriter err = spec.commandLine().getErr();
      RunPlan plan = plan(settings, backfills);
      try (Interruption interruption = Interruption.install(err, invocation.again())) {
        RunReport report =
            new RunSession(plan, err, parent.root.isVerbose(), interruption)
                .retry(backfills, Set.copyOf(keys));
        PrintWriter out = spec.commandLine().getOut();
        QuarantineText.done(report).forEach(out::println);
        out.flush();
        RunText.advice(QuarantineText.undone(report), invocation).forEach(err::println);
        if (report.isInterrupted()) {
          err.println(interruption.sentence());
        }
        err.flush();
        return report.exitCode().number();
      }
    }

    private static Set<BackfillKey> backfills(BackfillSettings settings, Selection selection) {
      return Database.look(
          settings,
          database ->
              affected(database, selection).stream().map(Backfill::key).collect(Collectors.toSet()),
          Set.of());
    }

    private static RunPlan plan(BackfillSettings settings, Set<BackfillKey> backfills) {
      RunPlan plan =
          new RunPlan(
              backfills.stream().map(BackfillKey::target).distinct().sorted().toList(),
              ReadingOptions.ReadSelection.everything(),
              RunOptions.DEFAULT,
              settings,
              RunPlan.Tuning.NONE,
              false);
      plan.check();
      return plan;
    }
  }
}
