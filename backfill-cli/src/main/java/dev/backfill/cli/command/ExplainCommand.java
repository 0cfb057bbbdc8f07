package dev.backfill.cli.command;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.Selection;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.UnknownBackfill;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Redaction;
import dev.backfill.core.manager.Explanation;
import dev.backfill.core.policy.AdaptiveRateLimitPolicy;
import dev.backfill.github.RepositoryName;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code backfill explain}: the reasons for the state of a repository's backfills. */
@Command(
    name = "explain",
    description =
        "Explains a repository's backfills: who asked for them, where they run and why, what they"
            + " wait for. With CHUNK, explains the size of one chunk.")
final class ExplainCommand implements Callable<Integer> {

  private static final int EVENTS = 500;
  private static final int SHOWN = 10;

  @Parameters(index = "0", paramLabel = "OWNER/NAME", description = "The repository.")
  String target = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CHUNK",
      description = "The number of a chunk, from 1.")
  @Nullable String chunk;

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    String name = RepositoryName.parse(target).toString();
    Long number = chunk == null ? null : number(chunk);
    Optional<Database> existing = Database.openExisting(connection.settings());
    PrintWriter out = spec.commandLine().getOut();
    boolean any = false;
    if (existing.isPresent()) {
      try (Database database = existing.get()) {
        if (number == null) {
          Explanation explanation = database.explanation(name);
          any = !explanation.streams().isEmpty();
          out.print(Redaction.masked(explanation.text()));
        } else {
          List<Backfill> backfills = database.backfills(Selection.of(name));
          any = !backfills.isEmpty();
          backfills.forEach(backfill -> new ChunkText(out, backfill, database).print(number));
        }
      }
    }
    out.flush();
    if (!any) {
      spec.commandLine()
          .getErr()
          .println(UnknownBackfill.nothingShown(name, connection.settings()));
      return ExitCode.FAILED.number();
    }
    return ExitCode.DONE.number();
  }

  private static long number(String chunk) {
    try {
      long number = Long.parseLong(chunk);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Thrown below, as for a number that no chunk has.
    }
    throw new InvalidConfigurationException(
        "CHUNK is \"%s\"; it must be a number from 1 on. Nothing was read. Omit it to list the chunks."
            .formatted(chunk));
  }

  /** The explanation of the size of one chunk. */
  private record ChunkText(PrintWriter out, Backfill backfill, Database database) {

    void print(long number) {
      List<CommittedChunk> found = database.store().progress().chunks(backfill.id(), number, 1);
      out.println(Format.stream(backfill.key()));
      if (found.isEmpty() || found.get(0).number() != number) {
        line("chunk " + number, "was not committed, or retention has removed it");
        return;
      }
      CommittedChunk each = found.get(0);
      line(
          "chunk " + number,
          String.format(
              Locale.ROOT,
              "%,d item(s) of %,d asked for: %s",
              each.items(),
              each.requestedSize(),
              each.sizeReason()));
      AdaptiveRateLimitPolicy.explain(each.sizeBasis())
          .ifPresent(sentence -> line("because", sentence));
      line(
          "stored",
          String.format(
              Locale.ROOT,
              "%,d new, %,d changed, %,d in quarantine",
              each.inserted(),
              each.updated(),
              each.quarantined()));
      Long remaining = each.quotaRemaining();
      line(
          "quota",
          String.format(
              Locale.ROOT,
              "%,d used, %s left",
              each.quotaSpent(),
              remaining == null ? "an unknown number" : Format.number(remaining)));
      line(
          "worked",
          String.format(
              Locale.ROOT,
              "%,d ms, waits excluded, by %s",
              each.active().toMillis(),
              each.worker()));
      line("committed", Format.moment(each.committedAt(), ZoneId.systemDefault()));
    }

    private void line(String name, String text) {
      out.printf("  %-18s %s%n", name, Redaction.masked(text.replaceAll("\\s+", " ")));
    }
  }
}
