package dev.backfill.cli.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.Backfill;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.SliceResult;
import java.time.Instant;

/**
 * A run's result as JSON. {@code processed}, {@code total} and {@code quarantined} are those of the
 * stream; the other numbers are those of this run.
 */
public final class RunJson {

  private RunJson() {}

  public static String of(RunReport report) {
    Instant until = report.continueAt().orElse(null);
    ObjectNode json =
        Json.object()
            .put("status", Format.lowerCase(report.outcome()))
            .put("exitCode", report.exitCode().number())
            .put("dryRun", report.dryRun())
            .put("until", Json.instant(until))
            .put("durationMillis", report.duration().toMillis());
    ArrayNode repositories = json.putArray("repositories");
    report
        .byTarget()
        .forEach(
            (target, results) -> {
              ArrayNode streams =
                  repositories.addObject().put("target", target).putArray("streams");
              results.forEach(result -> addStream(streams.addObject(), result));
            });
    return Json.print(json);
  }

  /** Returns the result of a run that failed before any stream began. */
  public static String ofFailure(BackfillException e, ExitCode code) {
    ObjectNode json =
        Json.object()
            .put("status", "failed")
            .put("exitCode", code.number())
            .put("message", e.getMessage());
    json.putArray("repositories");
    return Json.print(json);
  }

  private static void addStream(ObjectNode stream, JobResult result) {
    Backfill backfill = result.backfill();
    SliceResult.Counts counts = result.counts();
    stream
        .put("source", result.key().source())
        .put("outcome", Format.lowerCase(result.outcome()))
        .put("processed", backfill == null ? null : backfill.counters().processed())
        .put("total", backfill == null ? null : Json.total(backfill.counters().total()))
        .put("inserted", counts.inserted())
        .put("updated", counts.updated())
        .put(
            "quarantined",
            backfill == null ? counts.quarantined() : backfill.counters().quarantined())
        .put("chunks", counts.chunks())
        .put("quotaSpent", counts.quotaSpent())
        .put("until", Json.instant(result.until()))
        .put("message", result.message());
  }
}
