package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.ReadingOptions;
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

/** What has repositories looked after, no longer, or read again. A worker or a run does it. */
abstract sealed class TrackCommand implements Callable<Integer> {

  @Parameters(arity = "1..*", paramLabel = "OWNER/NAME", description = "The repositories.")
  List<String> repositories = List.of();

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  /** Does it for one repository, and says what has changed. */
  abstract List<BackfillKey> apply(BackfillManager manager, String target);

  /** What is said of a stream that has changed, and of a repository of which none has. */
  abstract String changed();

  abstract String unchanged();

  /**
   * Why a backfill does not do what was asked for; null when it does.
   *
   * @param changed whether something has changed for it
   */
  @Nullable String obstacle(Backfill backfill, boolean changed) {
    return null;
  }

  /** Whether there has to be something of a repository before. */
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

  /** The user of this machine with the reason that was given; one that is too long is refused. */
  static RequestedBy by(String reason) {
    String user = System.getProperty("user.name", "");
    try {
      return new RequestedBy(
          user.isBlank() ? "unnamed" : user, reason.isBlank() ? null : reason.strip());
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException("Nothing has changed: " + e.getMessage() + ".");
    }
  }

  /** {@code backfill track}. */
  @Command(
      name = "track",
      description =
          "Looks after repositories from now on: workers bring their history, and from time to time"
              + " what is new.")
  static final class Track extends TrackCommand {
    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.track(target);
    }

    @Override
    String changed() {
      return "tracked; a worker brings it";
    }

    @Override
    String unchanged() {
      return "is tracked already";
    }
  }

  /** {@code backfill untrack}. */
  @Command(
      name = "untrack",
      description = "Looks after repositories no longer. What is stored stays.")
  static final class Untrack extends TrackCommand {
    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.untrack(target, by(""));
    }

    @Override
    String changed() {
      return "no longer tracked; what is stored stays";
    }

    @Override
    String unchanged() {
      return "is not tracked, so nothing has changed";
    }
  }

  /** {@code backfill reload}. */
  @Command(
      name = "reload",
      description =
          "Reads repositories again from the start of their history; what is stored stays, and is"
              + " updated.")
  static non-sealed class Reload extends TrackCommand {

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; kept, and shown by backfill history.")
    String reason = "";

    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.reload(target, by(reason)).stream().map(Backfill::key).toList();
    }

    @Override
    String changed() {
      return "begins again with the next run, or by a worker where it is tracked";
    }

    @Override
    String unchanged() {
      return "nothing begins again";
    }

    @Override
    boolean needsBackfills() {
      return true;
    }

    @Override
    @Nullable String obstacle(Backfill backfill, boolean changed) {
      Backfill.Holder holder = backfill.holder();
      return changed || holder == null || holder.expired()
          ? null
          : "%s has it, so nothing begins again; pause it before: backfill pause %s"
              .formatted(holder.owner(), backfill.key().target());
    }
  }

  /** The former name of {@link Reload}. */
  @Command(name = "restart", hidden = true, description = "The former name of reload.")
  static final class Restart extends Reload {}

  /** {@code backfill sync}. */
  @Command(
      name = "sync",
      description =
          "Has repositories made complete before those that nobody waits for: what is missing of"
              + " their history, and what is new.")
  static final class Sync extends TrackCommand {

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why; kept with the job.")
    String reason = "";

    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.sync(target, by(reason));
    }

    @Override
    String changed() {
      return "queued before the others; a worker brings it";
    }

    @Override
    @Nullable String obstacle(Backfill backfill, boolean changed) {
      return backfill.status().isClaimable()
          ? null
          : "is %s; backfill resume %s lets it go on"
              .formatted(Format.words(backfill.status()), backfill.key().target());
    }

    @Override
    String unchanged() {
      return "is queued or under way already";
    }
  }
}
