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
import java.util.ArrayList;
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

  /** A row, as a list of values, with its table. */
  private record Row(String table, boolean isItem, List<@Nullable Object> values) {}

  @Override
  public RequestWriter writing(List<T> items) {
    ItemRows rows = HistoryRows.of(table, items);
    return writing(rows(rows), BotLogins.of(rows));
  }

  @Override
  public List<RequestWriter> parts(List<T> items, long maxBytes) {
    ItemRows rows = HistoryRows.of(table, items);
    Map<Long, String> bots = BotLogins.of(rows);
    Parts<Row> parts = new Parts<>(maxBytes);
    for (Row row : rows(rows)) {
      parts.add(row, JsonWriter.bytes(row.values()));
    }
    return parts.list().stream().map(part -> writing(part, bots)).toList();
  }

  private static List<Row> rows(ItemRows rows) {
    List<Row> all = new ArrayList<>();
    rows.context().forEach(upsert -> add(all, upsert, false));
    add(all, rows.items(), true);
    rows.parts().forEach(upsert -> add(all, upsert, false));
    return all;
  }

  private static void add(List<Row> all, Upsert upsert, boolean isItem) {
    for (@Nullable Object[] row : upsert.rows()) {
      List<@Nullable Object> values = new ArrayList<>(row.length);
      for (Object value : row) {
        values.add(precise(value));
      }
      all.add(new Row(upsert.table().name(), isItem, values));
    }
  }

  private static RequestWriter writing(List<Row> rows, Map<Long, String> bots) {
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

  /** Writes rows, with successive ones of a table together. */
  private static void write(JsonWriter json, List<Row> rows) throws IOException {
    int from = 0;
    while (from < rows.size()) {
      Row first = rows.get(from);
      int to = from + 1;
      while (to < rows.size() && rows.get(to).table().equals(first.table())) {
        to++;
      }
      List<Row> same = rows.subList(from, to);
      json.object(
          fields ->
              fields
                  .field("table", first.table())
                  .field("items", first.isItem())
                  .array(
                      "rows",
                      elements -> {
                        for (Row row : same) {
                          elements.value(row.values());
                        }
                      }));
      from = to;
    }
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
