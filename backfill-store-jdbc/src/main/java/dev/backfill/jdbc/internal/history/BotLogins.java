package dev.backfill.jdbc.internal.history;

import dev.backfill.jdbc.internal.dialect.DescribableSink.Settled;
import dev.backfill.jdbc.internal.dialect.ItemRows;
import dev.backfill.jdbc.internal.dialect.Upsert;
import dev.backfill.jdbc.internal.dialect.UpsertTable;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One login for each bot. A query names the App behind a bot. The client then adds {@code [bot]},
 * as REST does for most bots, but REST names some bots without that mark. A login without the mark
 * is therefore REST's, and the one that every table stores.
 */
final class BotLogins {

  private static final String MARK = "[bot]";

  /** The ends of the names of an account's two columns. */
  static final String ID = "_id";

  static final String LOGIN = "_login";

  private BotLogins() {}

  /** Returns true if rows contain bots, whose logins may be stored already. */
  static boolean areIn(ItemRows rows) {
    return !bots(rows).isEmpty();
  }

  /** Returns rows in which each bot has one login, without regard to stored rows. */
  static ItemRows unified(ItemRows rows) {
    Map<Long, String> plain = new HashMap<>(bots(rows));
    plain.values().removeIf(BotLogins::isMarked);
    return plain.isEmpty() ? rows : renamed(rows, plain);
  }

  /** Makes rows and stored rows agree on one login for each bot. */
  static Settled settle(Connection connection, Tables tables, ItemRows rows) throws SQLException {
    Map<Long, String> incoming = bots(rows);
    Map<Long, String> plain = new HashMap<>();
    boolean corrected = false;
    for (Map.Entry<Long, String> each : stored(connection, tables, incoming).entrySet()) {
      String reported = incoming.get(each.getKey());
      String known = each.getValue();
      if (isMarked(reported) && !isMarked(known)) {
        plain.put(each.getKey(), known);
      } else if (!isMarked(reported) && isMarked(known)) {
        correct(connection, tables, each.getKey(), reported);
        corrected = true;
      }
    }
    return new Settled(plain.isEmpty() ? rows : renamed(rows, plain), corrected);
  }

  private static Map<Long, String> bots(ItemRows rows) {
    Map<Long, String> bots = new TreeMap<>();
    for (Upsert upsert : rows.context()) {
      if (upsert.table() == HistoryTables.ACCOUNTS.table()) {
        for (@Nullable Object[] row : upsert.rows()) {
          if (row[0] instanceof Long id
              && row[1] instanceof String login
              && ("Bot".equals(row[2]) || isMarked(login))) {
            bots.put(id, login);
          }
        }
      }
    }
    return bots;
  }

  static boolean isMarked(@Nullable String login) {
    return login != null && login.endsWith(MARK);
  }

  private static Map<Long, String> stored(
      Connection connection, Tables tables, Map<Long, String> incoming) throws SQLException {
    Map<Long, String> stored = new TreeMap<>();
    if (!incoming.isEmpty()) {
      String sql =
          "SELECT id, login FROM %s WHERE id IN (%s)"
              .formatted(
                  tables.name(HistoryTables.ACCOUNTS.table().name()),
                  String.join(", ", Collections.nCopies(incoming.size(), "?")));
      Statements.list(
          connection,
          sql,
          row -> stored.put(row.getLong("id"), row.getString("login")),
          incoming.keySet().toArray());
    }
    return stored;
  }

  /** Corrects stored logins, once for a bot: its marked login is never written again. */
  private static void correct(Connection connection, Tables tables, long id, @Nullable String login)
      throws SQLException {
    for (UpsertTable table : HistoryTables.tables()) {
      for (String column : logins(table)) {
        String name = column.substring(0, column.length() - LOGIN.length());
        Statements.update(
            connection,
            "UPDATE %1$s SET %2$s_login = ? WHERE %2$s_id = ? AND %2$s_login <> ?"
                .formatted(tables.name(table.name()), name),
            login,
            id,
            login);
      }
    }
  }

  private static List<String> logins(UpsertTable table) {
    return table.names().stream().filter(column -> column.endsWith(LOGIN)).toList();
  }

  private static ItemRows renamed(ItemRows rows, Map<Long, String> plain) {
    return new ItemRows(
        rows.context().stream().map(upsert -> renamed(upsert, plain)).toList(),
        renamed(rows.items(), plain),
        rows.parts().stream().map(upsert -> renamed(upsert, plain)).toList());
  }

  private static Upsert renamed(Upsert upsert, Map<Long, String> plain) {
    UpsertTable table = upsert.table();
    List<String> names = table.names();
    boolean accounts = table == HistoryTables.ACCOUNTS.table();
    List<String> logins = accounts ? List.of("login") : logins(table);
    return new Upsert(
        table,
        upsert.rows().stream()
            .<@Nullable Object[]>map(
                row -> {
                  @Nullable Object[] copy = row.clone();
                  for (String login : logins) {
                    String id = accounts ? "id" : login.replace(LOGIN, ID);
                    if (row[names.indexOf(id)] instanceof Long key && plain.containsKey(key)) {
                      copy[names.indexOf(login)] = plain.get(key);
                    }
                  }
                  return copy;
                })
            .toList());
  }
}
