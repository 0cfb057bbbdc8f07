package dev.backfill.supabase.internal.history;

import dev.backfill.api.internal.history.BotLogins;
import dev.backfill.api.internal.history.HistoryRows;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.supabase.internal.http.JsonWriter;
import dev.backfill.supabase.internal.http.RequestWriter;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Items of one kind in a table of the history, as rows. Their scope is their repository's number.
 *
 * @param table the definition of the table
 */
public record TableSink<T>(HistoryTable<T> table) implements RestSink<T> {

  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  @Override
  public RequestWriter writing(List<T> items) {
    ItemRows rows = HistoryRows.of(table, items);
    Map<Long, String> bots = BotLogins.of(rows);
    return json ->
        json.object(
            "rows",
            fields -> {
              if (!bots.isEmpty()) {
                fields.object("bots", logins -> write(logins, bots));
              }
              fields.array("tables", tables -> write(tables, rows));
            });
  }

  private static void write(JsonWriter json, Map<Long, String> bots) throws IOException {
    for (Map.Entry<Long, String> bot : bots.entrySet()) {
      json.field(Long.toString(bot.getKey()), bot.getValue());
    }
  }

  private static void write(JsonWriter json, ItemRows rows) throws IOException {
    for (Upsert upsert : rows.context()) {
      write(json, upsert, false);
    }
    write(json, rows.items(), true);
    for (Upsert upsert : rows.parts()) {
      write(json, upsert, false);
    }
  }

  private static void write(JsonWriter json, Upsert upsert, boolean items) throws IOException {
    json.object(
        fields ->
            fields
                .field("table", upsert.table().name())
                .field("items", items)
                .array(
                    "rows",
                    rows -> {
                      for (@Nullable Object[] row : upsert.rows()) {
                        rows.array(
                            values -> {
                              for (Object value : row) {
                                values.value(precise(value));
                              }
                            });
                      }
                    }));
  }

  /** Returns a time with the digits that the JDBC store keeps. */
  private static @Nullable Object precise(@Nullable Object value) {
    return value instanceof Instant time ? time.truncatedTo(ChronoUnit.MICROS) : value;
  }

  @Override
  public @Nullable RequestWriter reading(String scope) {
    return NUMBER.matcher(scope).matches()
        ? json ->
            json.object(
                "sink", sink -> sink.field("table", table.table().name()).field("scope", scope))
        : null;
  }
}
