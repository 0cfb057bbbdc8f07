package dev.backfill.cli.view;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.store.Backfill;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.text.Json;
import java.util.List;
import java.util.OptionalDouble;

/** The state of backfills as JSON. */
public final class StatusJson {

  private StatusJson() {}

  public static String of(List<Backfill> backfills) {
    ObjectNode json = Json.object();
    ArrayNode array = json.putArray("backfills");
    backfills.forEach(backfill -> add(array.addObject(), backfill));
    return Json.print(json);
  }

  private static void add(ObjectNode json, Backfill backfill) {
    OptionalDouble percent = StatusText.percent(backfill);
    json.put("target", backfill.key().target())
        .put("source", backfill.key().source())
        .put("status", Format.lowerCase(backfill.status()))
        .put("phase", Format.lowerCase(backfill.phase()))
        .put("processed", backfill.counters().processed())
        .put("total", Json.total(backfill.counters().total()))
        .put("percent", percent.isPresent() ? percent.getAsDouble() : null)
        .put("quarantined", backfill.counters().quarantined());
    Decision.Wait waiting = backfill.waiting();
    json.put("waitUntil", waiting == null ? null : Json.instant(waiting.until()))
        .put("waitReason", waiting == null ? null : waiting.reason());
    json.put("holder", backfill.holder())
        .put("leaseExpiresAt", Json.instant(backfill.leaseExpiresAt()))
        .put("leaseExpired", backfill.holder() == null ? null : backfill.leaseExpired())
        .put("consecutiveFailures", backfill.consecutiveFailures())
        .put("lastError", backfill.lastError())
        .put("note", backfill.note())
        .put("createdAt", Json.instant(backfill.createdAt()))
        .put("updatedAt", Json.instant(backfill.updatedAt()))
        .put("completedAt", Json.instant(backfill.completedAt()));
  }
}
