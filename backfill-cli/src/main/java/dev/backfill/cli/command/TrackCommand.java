package dev.backfill.cli.command;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.option.Requester;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.ManagedParts;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.core.manager.BackfillManager;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Commands that change jobs: track, untrack, sync and reload. A worker or a run does the work. */
abstract sealed class TrackCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "OWNER/NAME", description = "The repositories.")
  List<String> repositories = List.of();

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /** Applies the command to one repository. Returns the backfills that changed. */
  abstract List<BackfillKey> apply(BackfillManager manager, String target);

  /** Returns the text for a stream that changed. */
  abstract String changed();

  /** Returns the text for a repository of which no stream changed. */
  abstract String unchanged();

  /**
   * Returns the reason for which the command has no effect on a backfill; null if it has one.
   *
   * @param changed true if the command changed it
   */
  @Nullable String obstacle(Backfill backfill, boolean changed) {
    return null;
  }

  /** Returns true if the command needs an existing backfill of the repository. */
  boolean needsBackfills() {
    return false;
  }

  @Override
  public Integer call() {
    List<String> names = RunCommand.targets(repositories);
    boolean done = true;
    try (ManagedParts parts = ManagedParts.open(connection.settings(), reading.selection())) {
      for (String target : parts.spelled(names)) {
        done &= apply(parts, target);
      }
    }
    spec.commandLine().getOut().flush();
    return (done ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private boolean apply(ManagedParts parts, String target) {
    PrintWriter out = spec.commandLine().getOut();
    Selection one = Selection.of(target);
    if (needsBackfills() && parts.database().backfills(one).isEmpty()) {
      spec.commandLine()
          .getErr()
          .println(UnknownBackfill.nothingChanged(target, connection.settings()));
      return false;
    }
    List<BackfillKey> keys = apply(parts.manager(), target);
    boolean free = true;
    boolean stated = false;
    for (Backfill backfill : parts.database().backfills(one)) {
      boolean changed = keys.contains(backfill.key());
      String obstacle = obstacle(backfill, changed);
      if (obstacle != null) {
        out.printf("%s: %s%n", Format.stream(backfill.key()), obstacle);
        free = false;
      } else if (changed) {
        out.printf("%s: %s%n", Format.stream(backfill.key()), changed());
        stated = true;
      }
    }
    if (free && !stated) {
      out.printf("%s: %s%n", target, unchanged());
    }
    return free;
  }

  /** Returns a request of this machine's user; a blank reason is none. */
  static RequestedBy by(String reason) {
    return Requester.by(null, reason.isBlank() ? null : reason.strip());
  }

  /** {@code backfill track}. */
  @Command(
      name = "track",
      description =
          "Tracks repositories: workers fetch their history, then new items at the sync interval.")
  static final class Track extends TrackCommand {
    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.track(target);
    }

    @Override
    String changed() {
      return "tracked; a worker fetches it";
    }

    @Override
    String unchanged() {
      return "is already tracked";
    }
  }

  /** {@code backfill untrack}. */
  @Command(name = "untrack", description = "Stops tracking repositories. Stored items stay.")
  static final class Untrack extends TrackCommand {
    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.untrack(target, by(""));
    }

    @Override
    String changed() {
      return "no longer tracked; stored items stay";
    }

    @Override
    String unchanged() {
      return "is not tracked. Nothing was changed";
    }
  }

  /** {@code backfill reload}. */
  @Command(
      name = "reload",
      description =
          "Fetches repositories again from the start of their history. Stored items stay and are"
              + " updated.")
  static non-sealed class Reload extends TrackCommand {

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "The reason; stored, and shown by backfill history.")
    String reason = "";

    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.reload(target, by(reason)).stream().map(Backfill::key).toList();
    }

    @Override
    String changed() {
      return "is reloaded by the next run, or by a worker if it is tracked";
    }

    @Override
    String unchanged() {
      return "nothing is reloaded";
    }

    @Override
    boolean needsBackfills() {
      return true;
    }

    @Override
    @Nullable String obstacle(Backfill backfill, boolean changed) {
      return changed || !backfill.isHeld()
          ? null
          : "%s holds it. Nothing is reloaded. Pause it first: backfill pause %s"
              .formatted(backfill.holder(), backfill.key().target());
    }
  }

  /** The former name of {@link Reload}. */
  @Command(name = "restart", hidden = true, description = "The former name of reload.")
  static final class Restart extends Reload {}

  /** {@code backfill sync}. */
  @Command(
      name = "sync",
      description =
          "Moves repositories to the front of the queue: workers fetch the rest of their history and"
              + " new items before other jobs.")
  static final class Sync extends TrackCommand {

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "The reason; stored with the job.")
    String reason = "";

    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.sync(target, by(reason));
    }

    @Override
    String changed() {
      return "queued before other jobs; a worker fetches it";
    }

    @Override
    @Nullable String obstacle(Backfill backfill, boolean changed) {
      return backfill.status().isClaimable()
          ? null
          : "is %s; backfill resume %s continues it"
              .formatted(Format.words(backfill.status()), backfill.key().target());
    }

    @Override
    String unchanged() {
      return "is already queued or running";
    }
  }
}
