package dev.backfill.cli;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.core.manager.BackfillManager;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Override
  public Integer call() {
    List<String> names = RunCommand.targets(repositories);
    PrintWriter out = spec.commandLine().getOut();
    try (ManagedParts parts = ManagedParts.open(connection.settings(), reading.wanted())) {
      for (String target : parts.spelled(names)) {
        List<BackfillKey> keys = apply(parts.manager(), target);
        keys.forEach(key -> out.printf("%s: %s%n", Texts.stream(key), changed()));
        if (keys.isEmpty()) {
          out.printf("%s: %s%n", target, unchanged());
        }
      }
    }
    out.flush();
    return ExitCode.DONE.number();
  }

  private static String reason(String given) {
    String text = "asked for by " + user() + (given.isBlank() ? "" : ": " + given.strip());
    return text.length() <= 200 ? text : text.substring(0, 200);
  }

  private static String user() {
    String user = System.getProperty("user.name", "");
    return user.isBlank() ? "unnamed" : user;
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
      return manager.untrack(target, user());
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

  /** {@code backfill restart}. */
  @Command(
      name = "restart",
      description =
          "Has repositories read again from the start of their history; what is stored stays, and is"
              + " brought up to date.")
  static final class Restart extends TrackCommand {

    @Option(
        names = "--reason",
        paramLabel = "TEXT",
        description = "Why; kept, and shown by backfill history.")
    String reason = "";

    @Override
    List<BackfillKey> apply(BackfillManager manager, String target) {
      return manager.restart(target, user(), reason(reason)).stream().map(Backfill::key).toList();
    }

    @Override
    String changed() {
      return "begins again with the next run or worker";
    }

    @Override
    String unchanged() {
      return "nothing begins again: it was not backfilled, or a worker has it and it must be paused"
          + " first";
    }
  }

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
      return manager.requestSync(target, reason(reason));
    }

    @Override
    String changed() {
      return "queued before the others; a worker brings it";
    }

    @Override
    String unchanged() {
      return "is queued or under way already";
    }
  }
}
