package dev.backfill.supabase.internal.jobs;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.job.Suspension;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.supabase.internal.http.JsonValue;
import dev.backfill.supabase.internal.http.JsonWriter;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The fields of jobs, events and suspensions in requests and answers. */
final class JobJson {

  private JobJson() {}

  static void write(JsonWriter json, Job job) throws IOException {
    json.field("id", job.id().value())
        .field("version", job.version())
        .field("state", stored(job.state()))
        .field("priority", stored(job.priority()))
        .field("reason", job.reason())
        .field("queuedAt", job.queuedAt())
        .field("dueAt", job.dueAt())
        .field("order", job.order())
        .field("attempts", job.attempts())
        .field("slices", job.slices());
    Placement placement = job.placement();
    if (placement != null) {
      json.field("destination", placement.destination().name())
          .field("routeReason", placement.reason())
          .field("fallback", placement.fallback());
    }
    Dispatch dispatch = job.dispatch();
    if (dispatch != null) {
      json.field("correlationId", dispatch.correlationId())
          .field("dispatchedAt", dispatch.at())
          .field("run", dispatch.run())
          .field("url", dispatch.url())
          .field("claimedAt", dispatch.claimedAt())
          .field("unansweredId", dispatch.answered() ? null : dispatch.correlationId());
    }
  }

  static Job job(JsonValue json) {
    return new Job(
        new BackfillId(json.get("id").number()),
        new BackfillKey(json.get("source").text(), json.get("target").text()),
        JobState.valueOf(upper(json.get("state"))),
        Priority.valueOf(upper(json.get("priority"))),
        json.get("reason").text(),
        json.get("queuedAt").instant(),
        json.get("dueAt").instantOrNull(),
        json.get("order").instant(),
        json.get("attempts").integer(),
        json.get("slices").number(),
        placement(json),
        dispatch(json),
        json.get("version").number());
  }

  private static @Nullable Placement placement(JsonValue json) {
    String destination = json.get("destination").textOrNull();
    return destination == null
        ? null
        : new Placement(
            new Destination(destination),
            json.get("routeReason").text(),
            json.get("fallback").bool());
  }

  private static @Nullable Dispatch dispatch(JsonValue json) {
    String correlationId = json.get("correlationId").textOrNull();
    return correlationId == null
        ? null
        : new Dispatch(
            correlationId,
            json.get("dispatchedAt").instant(),
            json.get("run").textOrNull(),
            json.get("url").textOrNull(),
            json.get("claimedAt").instantOrNull(),
            // An older node may have sent the job again, and left the id of an earlier request.
            !correlationId.equals(json.get("unansweredId").textOrNull()));
  }

  static void write(JsonWriter json, List<JobEvent> events) throws IOException {
    json.array(
        "events",
        elements -> {
          for (JobEvent event : events) {
            elements.object(fields -> write(fields, event));
          }
        });
  }

  private static void write(JsonWriter json, JobEvent event) throws IOException {
    Destination destination = event.destination();
    json.field("backfill", event.backfill().value())
        .field("kind", stored(event.kind()))
        .field("destination", destination == null ? null : destination.name())
        .field("reason", event.reason())
        .field("at", event.at());
  }

  static JobEvent event(JsonValue json) {
    String destination = json.get("destination").textOrNull();
    return new JobEvent(
        json.get("sequence").number(),
        new BackfillId(json.get("backfill").number()),
        JobEvent.Kind.valueOf(upper(json.get("kind"))),
        destination == null ? null : new Destination(destination),
        json.get("reason").text(),
        json.get("at").instant());
  }

  static void write(JsonWriter json, Suspension suspension) throws IOException {
    json.field("subject", suspension.subject())
        .field("reason", suspension.reason())
        .field("actor", suspension.actor())
        .field("since", suspension.since())
        .field("until", suspension.until())
        .field("times", suspension.times());
  }

  static Suspension suspension(JsonValue json) {
    return new Suspension(
        json.get("subject").text(),
        json.get("reason").text(),
        json.get("actor").text(),
        json.get("since").instant(),
        json.get("until").instantOrNull(),
        json.get("times").integer());
  }

  static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String upper(JsonValue json) {
    return json.text().toUpperCase(Locale.ROOT);
  }
}
