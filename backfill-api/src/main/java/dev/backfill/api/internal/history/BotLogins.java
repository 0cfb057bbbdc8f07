package dev.backfill.api.internal.history;

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
public final class BotLogins {

  private static final String MARK = "[bot]";

  private BotLogins() {}

  /** Returns true if rows contain bots, whose logins may be stored already. */
  public static boolean areIn(ItemRows rows) {
    return !of(rows).isEmpty();
  }

  /** Returns rows in which each bot has one login, without regard to stored rows. */
  public static ItemRows unified(ItemRows rows) {
    Map<Long, String> plain = new HashMap<>(of(rows));
    plain.values().removeIf(BotLogins::isMarked);
    return plain.isEmpty() ? rows : renamed(rows, plain);
  }

  /** Returns the login of each bot among the accounts of rows. */
  public static Map<Long, String> of(ItemRows rows) {
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

  /** Returns true for a login with the mark of an App. */
  public static boolean isMarked(@Nullable String login) {
    return login != null && login.endsWith(MARK);
  }

  /** Returns the columns of logins of a table other than that of accounts. */
  public static List<String> logins(UpsertTable table) {
    return table.names().stream().filter(column -> column.endsWith(HistoryTable.LOGIN)).toList();
  }

  /** Returns rows with other logins of some bots. */
  public static ItemRows renamed(ItemRows rows, Map<Long, String> plain) {
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
                    String id =
                        accounts ? "id" : login.replace(HistoryTable.LOGIN, HistoryTable.ID);
                    if (row[names.indexOf(id)] instanceof Long key && plain.containsKey(key)) {
                      copy[names.indexOf(login)] = plain.get(key);
                    }
                  }
                  return copy;
                })
            .toList());
  }
}
