package dev.backfill.cli.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import dev.backfill.cli.text.Table;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** Items in quarantine, and the results of a retry. */
public final class QuarantineText {

  private static final List<String> HEADINGS =
      List.of("TARGET", "STREAM", "KEY", "ATTEMPTS", "FIRST SEEN", "LAST SEEN", "ERROR");

  private QuarantineText() {}

  /**
   * An item in quarantine with its backfill.
   *
   * @param backfill its backfill
   * @param item the item
   */
  public record Entry(BackfillKey backfill, QuarantinedItem item) {}

  public static String table(List<Entry> entries, ZoneId zone) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Entry entry : entries) {
      rows.add(
          List.of(
              entry.backfill().target(),
              Format.stream(entry.backfill().source()),
              entry.item().item().key(),
              Format.number(entry.item().attempts()),
              Format.moment(entry.item().firstSeenAt(), zone),
              Format.moment(entry.item().lastSeenAt(), zone),
              entry.item().item().error().replaceAll("\\s+", " ")));
    }
    return Table.of(rows, "");
  }

  public static String json(List<Entry> entries) {
    ObjectNode json = Json.object();
    ArrayNode items = json.putArray("items");
    for (Entry entry : entries) {
      items
          .addObject()
          .put("target", entry.backfill().target())
          .put("source", entry.backfill().source())
          .put("key", entry.item().item().key())
          .put("attempts", entry.item().attempts())
          .put("firstSeenAt", Json.instant(entry.item().firstSeenAt()))
          .put("lastSeenAt", Json.instant(entry.item().lastSeenAt()))
          .put("error", entry.item().item().error());
    }
    return Json.print(json);
  }

  public static String howToRetry(Invocation invocation) {
    return "Retry them with: " + invocation.with("quarantine retry");
  }

  /** Returns a sentence for each stream whose retry completed. */
  public static List<String> done(RunReport report) {
    return report.results().stream()
        .filter(QuarantineText::isDone)
        .map(result -> "%s: %s.".formatted(Format.stream(result.key()), result.message()))
        .toList();
  }

  /** Returns the report without the streams whose retry completed. */
  public static RunReport undone(RunReport report) {
    return new RunReport(
        report.results().stream().filter(result -> !isDone(result)).toList(),
        report.duration(),
        report.dryRun());
  }

  private static boolean isDone(JobResult result) {
    return result.outcome() == Outcome.COMPLETED || result.outcome() == Outcome.COMPLETED_WITH_GAPS;
  }
}
