package dev.backfill.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.core.JobResult;
import dev.backfill.core.JobResult.Outcome;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** What is in quarantine, and what came of reading it again. */
final class QuarantineText {

  private static final List<String> HEADINGS =
      List.of("TARGET", "STREAM", "KEY", "ATTEMPTS", "FIRST SEEN", "LAST SEEN", "ERROR");

  private QuarantineText() {}

  /**
   * An item and whose it is.
   *
   * @param backfill its backfill
   * @param item the item
   */
  record Entry(BackfillKey backfill, QuarantinedItem item) {}

  static String table(List<Entry> entries, ZoneId zone) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEADINGS);
    for (Entry entry : entries) {
      rows.add(
          List.of(
              entry.backfill().target(),
              Texts.stream(entry.backfill().source()),
              entry.item().item().key(),
              Texts.number(entry.item().attempts()),
              Texts.moment(entry.item().firstSeenAt(), zone),
              Texts.moment(entry.item().lastSeenAt(), zone),
              entry.item().item().error().replaceAll("\\s+", " ")));
    }
    return Table.of(rows, "");
  }

  static String json(List<Entry> entries) {
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

  static String howToRetry(Invocation invocation) {
    return "Read them again with: " + invocation.with("quarantine retry");
  }

  /** A sentence for each stream whose quarantine was gone through. */
  static List<String> done(RunReport report) {
    return report.results().stream()
        .filter(QuarantineText::isDone)
        .map(result -> "%s: %s.".formatted(Texts.stream(result.key()), result.message()))
        .toList();
  }

  /** The report without them: what is left for advice. */
  static RunReport undone(RunReport report) {
    return new RunReport(
        report.results().stream().filter(result -> !isDone(result)).toList(),
        report.duration(),
        report.dryRun());
  }

  private static boolean isDone(JobResult result) {
    return result.outcome() == Outcome.COMPLETED || result.outcome() == Outcome.COMPLETED_WITH_GAPS;
  }
}
