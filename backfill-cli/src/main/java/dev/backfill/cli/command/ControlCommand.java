package dev.backfill.cli.command;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Requester;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Control requests for all streams of a repository, whichever process works on them. */
abstract sealed class ControlCommand implements Callable<Integer> {

  @Parameters(paramLabel = "OWNER/NAME", description = "The repository.")
  String target = "";

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "The reason; stored, and shown by backfill history.")
  @Nullable String reason;

  @Option(
      names = "--actor",
      paramLabel = "NAME",
      description = "The name of the user who asks. Default: the user of this machine.")
  @Nullable String actor;

  /** The former name of {@code --actor}. */
  @Option(names = "--by", hidden = true)
  void by(String name) {
    actor = name;
  }

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  private final Control control;

  private ControlCommand(Control control) {
    this.control = control;
  }

  @Override
  public Integer call() {
    String name = RepositoryName.parse(target).toString();
    Optional<Database> existing = Database.openExisting(connection.settings());
    if (existing.isEmpty()) {
      return unknown(name);
    }
    RequestedBy by = Requester.by(actor, reason);
    try (Database database = existing.get()) {
      List<Backfill> streams = database.backfills(Selection.of(name));
      for (Backfill stream : streams) {
        print(database.store().progress().control(stream.id(), control, by));
      }
      return streams.isEmpty() ? unknown(name) : ExitCode.DONE.number();
    }
  }

  private void print(Backfill backfill) {
    BackfillStatus status = backfill.status();
    String note =
        switch (status) {
          case PAUSING, CANCELLING -> "; its worker stops after the current chunk";
          case PENDING -> "; the next run continues it";
          case COMPLETED, COMPLETED_WITH_GAPS -> "; it is complete. Nothing was changed";
          default -> "";
        };
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %s%s%n", Format.stream(backfill.key()), Format.words(status), note);
    out.flush();
  }

  private int unknown(String name) {
    spec.commandLine()
        .getErr()
        .println(UnknownBackfill.nothingChanged(name, connection.settings()));
    return ExitCode.FAILED.number();
  }

  /** {@code backfill pause}. */
  @Command(name = "pause", description = "Pauses a repository's backfills after the current chunk.")
  static final class Pause extends ControlCommand {
    Pause() {
      super(Control.PAUSE);
    }
  }

  /** {@code backfill resume}. */
  @Command(
      name = "resume",
      description =
          "Continues a repository's backfills after a pause, a cancel or a failure, and ends a wait.")
  static final class Resume extends ControlCommand {
    Resume() {
      super(Control.RESUME);
    }
  }

  /** {@code backfill cancel}. */
  @Command(
      name = "cancel",
      description = "Cancels a repository's backfills until a resume or reload. Stored items stay.")
  static final class Cancel extends ControlCommand {
    Cancel() {
      super(Control.CANCEL);
    }
  }
}
