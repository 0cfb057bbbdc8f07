package dev.backfill.jdbc.internal.history;

import dev.backfill.api.internal.history.BotLogins;
import dev.backfill.api.internal.history.HistoryTable;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.jdbc.internal.dialect.DescribableSink.Settled;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The stored logins of bots, which have one login each; see {@link BotLogins}. */
final class StoredBotLogins {

  private StoredBotLogins() {}

  /** Makes rows and stored rows agree on one login for each bot. */
  static Settled settle(Connection connection, Tables tables, ItemRows rows) throws SQLException {
    Map<Long, String> incoming = BotLogins.of(rows);
    Map<Long, String> plain = new HashMap<>();
    boolean corrected = false;
    for (Map.Entry<Long, String> each : stored(connection, tables, incoming).entrySet()) {
      String reported = incoming.get(each.getKey());
      String known = each.getValue();
      if (BotLogins.isMarked(reported) && !BotLogins.isMarked(known)) {
        plain.put(each.getKey(), known);
      } else if (!BotLogins.isMarked(reported) && BotLogins.isMarked(known)) {
        correct(connection, tables, each.getKey(), reported);
        corrected = true;
      }
    }
    return new Settled(plain.isEmpty() ? rows : BotLogins.renamed(rows, plain), corrected);
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
      for (String column : BotLogins.logins(table)) {
        String name = column.substring(0, column.length() - HistoryTable.LOGIN.length());
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
}
