package dev.backfill.supabase.internal.progress;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.Transition;
import dev.backfill.supabase.internal.http.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The values of answers. Names of enums are stored in lower case. */
final class StoredValues {

  private static final String EXACT = "exact";
  private static final String UNKNOWN = "unknown";

  private StoredValues() {}

  static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the certainty of a total, as it is stored. */
  static String kind(Total total) {
    if (!total.isKnown()) {
      return UNKNOWN;
    }
    return total.isExact() ? EXACT : "estimate";
  }

  static BackfillStatus status(JsonValue stored) {
    return BackfillStatus.valueOf(upper(stored));
  }

  static Backfill backfill(JsonValue row) {
    return Backfill.builder(
            new BackfillId(row.get("id").number()),
            new BackfillKey(row.get("source").text(), row.get("target").text()),
            row.get("trigger").text(),
            row.get("createdAt").instant())
        .status(status(row.get("status")))
        .phase(Phase.valueOf(upper(row.get("phase"))))
        .waiting(waiting(row))
        .consecutiveFailures(row.get("failures").integer())
        .lastError(row.get("error").textOrNull())
        .note(row.get("note").textOrNull())
        .cursor(cursor(row.get("cursor")))
        .nextChunkNumber(row.get("next").number())
        .chunkSize(row.get("size").integer())
        .verifyCursor(cursor(row.get("verify")))
        .counters(counters(row))
        .lease(
            row.get("owner").textOrNull(),
            row.get("expiresAt").instantOrNull(),
            row.get("expired").bool())
        .startedAt(row.get("startedAt").instantOrNull())
        .updatedAt(row.get("updatedAt").instant())
        .completedAt(row.get("completedAt").instantOrNull())
        .build();
  }

  static Backfill.Counters counters(JsonValue row) {
    return new Backfill.Counters(
        total(row), row.get("processed").number(), row.get("quarantined").number());
  }

  private static Decision.@Nullable Wait waiting(JsonValue row) {
    Instant until = row.get("waitUntil").instantOrNull();
    String reason = row.get("waitReason").textOrNull();
    return until == null ? null : new Decision.Wait(until, reason == null ? "" : reason);
  }

  private static Total total(JsonValue row) {
    String kind = row.get("totalKind").text();
    if (kind.equals(UNKNOWN)) {
      return Total.UNKNOWN;
    }
    Long count = row.get("total").numberOrNull();
    return new Total(true, kind.equals(EXACT), count == null ? 0 : count);
  }

  private static Cursor cursor(JsonValue stored) {
    return stored.isNull() ? Cursor.START : new Cursor(stored.text());
  }

  static CommittedChunk chunk(JsonValue row) {
    return new CommittedChunk(
        row.get("number").number(),
        UUID.fromString(row.get("attempt").text()),
        row.get("items").integer(),
        row.get("inserted").integer(),
        row.get("updated").integer(),
        row.get("quarantined").integer(),
        new Cursor(row.get("before").text()),
        new Cursor(row.get("after").text()),
        row.get("size").integer(),
        row.get("reason").text(),
        row.get("basis").textOrNull(),
        row.get("spent").number(),
        row.get("remaining").numberOrNull(),
        Duration.ofMillis(row.get("active").number()),
        row.get("startedAt").instant(),
        row.get("worker").text(),
        row.get("fence").number(),
        row.get("committedAt").instant());
  }

  static QuarantinedItem quarantined(JsonValue row) {
    return new QuarantinedItem(
        new RejectedItem(row.get("key").text(), row.get("error").text(), row.get("payload").text()),
        row.get("attempts").integer(),
        row.get("firstAt").instant(),
        row.get("lastAt").instant());
  }

  static Transition transition(JsonValue row) {
    return new Transition(
        row.get("id").number(),
        status(row.get("from")),
        status(row.get("to")),
        Transition.Cause.valueOf(upper(row.get("cause"))),
        row.get("actor").text(),
        row.get("reason").textOrNull(),
        row.get("fence").number(),
        row.get("at").instant());
  }

  private static String upper(JsonValue stored) {
    return stored.text().toUpperCase(Locale.ROOT);
  }
}
