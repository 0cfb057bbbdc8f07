package dev.backfill.cli.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.quota.Quota;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import dev.backfill.github.GitHubTransport;
import dev.backfill.github.HistoryEstimate;
import dev.backfill.github.TransportEstimate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Estimates of runs as JSON. A limit is null if GitHub reports none. */
public final class PlanJson {

  private PlanJson() {}

  public static String of(
      List<HistoryEstimate> estimates, GitHubTransport selected, int reservePercent) {
    ObjectNode json =
        Json.object()
            .put("status", "planned")
            .put("exitCode", ExitCode.DONE.number())
            .put("reservePercent", reservePercent);
    ArrayNode repositories = json.putArray("repositories");
    estimates.forEach(
        estimate -> add(repositories.addObject(), estimate, selected, reservePercent));
    return Json.print(json);
  }

  private static void add(
      ObjectNode json, HistoryEstimate estimate, GitHubTransport selected, int reservePercent) {
    json.put("target", estimate.repository())
        .put("transport", Format.lowerCase(estimate.of(selected).transport()));
    ArrayNode streams = json.putArray("streams");
    estimate
        .streams()
        .forEach(
            stream ->
                streams
                    .addObject()
                    .put("source", stream.source())
                    .put("items", stream.items())
                    .put("atLeast", stream.atLeast()));
    ArrayNode transports = json.putArray("transports");
    for (TransportEstimate transport : estimate.transports()) {
      transports
          .addObject()
          .put("transport", Format.lowerCase(transport.transport()))
          .put("requests", transport.cost().requests())
          .put("points", transport.cost().points())
          .put("queries", transport.queries())
          .put("quotaSeconds", transport.quotaTime(reservePercent).toSeconds())
          .put("latencySeconds", transport.queryTime().toSeconds())
          .put("requestsPerHour", limit(transport.core()))
          .put("pointsPerHour", limit(transport.graphQl()));
    }
    json.putObject("spent")
        .put("requests", estimate.spent().requests())
        .put("points", estimate.spent().points());
  }

  private static @Nullable Long limit(@Nullable Quota quota) {
    return quota == null ? null : quota.limit();
  }
}
