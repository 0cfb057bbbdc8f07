package dev.backfill.jdbc.internal.history;

import dev.backfill.api.internal.history.BotLogins;
import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTable.Reported;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.jdbc.internal.dialect.JsonUpsert;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The parts of database functions that follow from the definitions of the history's tables: a new
 * table needs no change of a function.
 */
public final class HistoryFunctions {

  private static final String ACCOUNTS = HistoryTables.ACCOUNTS.table().name();

  private HistoryFunctions() {}

  /**
   * Fills in the parts of a script.
   *
   * @param script has the places of the parts, and of schema and prefix
   * @return the script, whose tables have the places of schema and prefix, too
   */
  public static String fill(String script) {
    return script
        .replace("${corrections}", lines(HistoryTables.tables(), HistoryFunctions::corrections))
        .replace("${writes}", lines(HistoryTables.tables(), HistoryFunctions::write))
        .replace("${keys}", values(HistoryFunctions::key))
        .replace("${reported}", values(HistoryFunctions::reported));
  }

  private static String lines(List<UpsertTable> tables, Function<UpsertTable, String> line) {
    return tables.stream().map(line).collect(Collectors.joining()).stripTrailing();
  }

  /** Returns the statements that replace the stored logins of a bot. */
  private static String corrections(UpsertTable table) {
    return BotLogins.logins(table).stream()
        .map(
            login ->
                """
                      UPDATE %1$s SET %2$s = bot.login
                        WHERE %3$s = bot.id AND %2$s <> bot.login;
                """
                    .formatted(name(table), login, id(login)))
        .collect(Collectors.joining());
  }

  private static String write(UpsertTable table) {
    String upsert =
        JsonUpsert.sql(table, "given_rows", HistoryFunctions::value)
            .replace("{" + table.name() + "}", name(table))
            .replace("\n", "\n        ");
    return """
            WHEN '%s' THEN
              WITH written AS (
                %s)
              SELECT count(*) FILTER (WHERE w.inserted) AS new_rows,
                  count(*) FILTER (WHERE NOT w.inserted) AS changed_rows INTO counts FROM written w;
        """
        .formatted(table.name(), upsert);
  }

  /** Returns the value of a column: a bot's stored login takes the place of the given one. */
  private static String value(UpsertTable table, String column, String value) {
    String id = table.name().equals(ACCOUNTS) && column.equals("login") ? "id" : null;
    if (id == null && column.endsWith(HistoryTable.LOGIN)) {
      id = id(column);
    }
    return id == null
        ? value
        : "coalesce(known_logins ->> ("
            + JsonUpsert.text(table.names().indexOf(id))
            + "), "
            + value
            + ")";
  }

  private static String id(String login) {
    return login.substring(0, login.length() - HistoryTable.LOGIN.length()) + HistoryTable.ID;
  }

  private static String name(UpsertTable table) {
    return "${schema}${prefix}" + table.name();
  }

  private static String values(Function<HistoryTable<?>, String> row) {
    return HistoryTables.ALL.stream()
        .map(row)
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(",\n"));
  }

  private static String key(HistoryTable<?> table) {
    Column key = table.itemKey();
    return "      ('%s', '%s', %s)"
        .formatted(table.table().name(), key.name(), key.type() != Column.Type.TEXT);
  }

  private static String reported(HistoryTable<?> table) {
    Reported reported = table.reported();
    return reported == null
        ? ""
        : "      ('%s', '%s', '%s', '%s', '%s')"
            .formatted(
                table.table().name(),
                reported.column(),
                reported.owner(),
                reported.condition(),
                reported.words());
  }
}
