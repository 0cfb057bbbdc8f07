package dev.backfill.cli.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.cli.option.ConnectionOptions;
import dev.backfill.cli.option.ReadingOptions;
import dev.backfill.cli.run.ManagedParts;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import dev.backfill.cli.text.Table;
import dev.backfill.core.manager.BackfillManager;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code backfill detect}: finds missing items of tracked repositories. */
@Command(
    name = "detect",
    description =
        "Compares the stored items of tracked repositories with GitHub's counts, and queues"
            + " backfills that miss some.")
final class DetectCommand implements Callable<Integer> {

  private static final List<String> HEADINGS = List.of("TARGET", "STREAM", "MISSING", "FOUND", "");

  @Option(names = "--json", description = "Print the result as one JSON object.")
  boolean json;

  @Mixin ReadingOptions reading = new ReadingOptions();

  @Mixin ConnectionOptions connection = new ConnectionOptions();

  @Spec CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    List<BackfillManager.Finding> findings;
    boolean tracked;
    try (ManagedParts parts = ManagedParts.open(connection.settings(), reading.selection())) {
      findings = parts.manager().detectMissing();
      tracked = !parts.database().jobs().isEmpty();
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.print(json(findings));
    } else if (findings.isEmpty()) {
      out.println(
          tracked
              ? "Nothing is missing except what is queued or running."
              : "No repository is tracked. Nothing was compared. Begin with: backfill track OWNER/NAME");
    } else {
      out.print(table(findings));
    }
    out.flush();
    return ExitCode.DONE.number();
  }

  private static String table(List<BackfillManager.Finding> findings) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (BackfillManager.Finding finding : findings) {
      rows.add(
          List.of(
              finding.key().target(),
              Format.stream(finding.key().source()),
              Format.lowerCase(finding.kind()).replace('_', ' '),
              finding.text(),
              outcome(finding)));
    }
    return Table.of(rows, "");
  }

  private static String outcome(BackfillManager.Finding finding) {
    String target = finding.key().target();
    return switch (finding.kind()) {
      case STOPPED -> "backfill resume %s continues it".formatted(target);
      case FAILED -> "is retried later; backfill sync %s retries it now".formatted(target);
      case KNOWN_GAPS -> "its next sync checks again";
      case UNKNOWN -> "not compared";
      case EXTENDED, NEVER_STARTED, ABANDONED, INCOMPLETE, GAPS ->
          finding.queued() ? "queued" : "was queued already";
    };
  }

  private static String json(List<BackfillManager.Finding> findings) {
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("findings");
    for (BackfillManager.Finding finding : findings) {
      array
          .addObject()
          .put("target", finding.key().target())
          .put("source", finding.key().source())
          .put("kind", Format.lowerCase(finding.kind()))
          .put("text", finding.text())
          .put("queued", finding.queued());
    }
    return Json.print(json);
  }
}
