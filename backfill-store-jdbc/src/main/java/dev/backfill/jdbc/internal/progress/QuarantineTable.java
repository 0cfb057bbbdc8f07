package dev.backfill.jdbc.internal.progress;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.QuarantineWriter;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.StoredText;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** The table {@code backfill_quarantine}. */
final class QuarantineTable {

  private static final String SELECT =
      "SELECT * FROM {backfill_quarantine} WHERE backfill_id = ?"
          + " ORDER BY first_seen_at, item_key LIMIT ?";

  private static final String SELECT_AFTER =
      "SELECT * FROM {backfill_quarantine} WHERE backfill_id = ? AND item_key > ?"
          + " ORDER BY item_key LIMIT ?";

  private final QuarantineWriter writer;
  private final Tables tables;

  QuarantineTable(Dialect dialect, Tables tables) {
    this.writer = dialect.quarantine();
    this.tables = tables;
  }

  /** Adds items, or raises the attempts of existing ones; returns the number of new ones. */
  int add(Connection connection, BackfillId id, List<RejectedItem> items) throws SQLException {
    return items.isEmpty() ? 0 : writer.add(connection, tables, id.value(), items);
  }

  /** Removes the items with these keys; returns the number of removed ones. */
  int remove(Connection connection, BackfillId id, Collection<String> keys) throws SQLException {
    return keys.isEmpty() ? 0 : writer.remove(connection, tables, id.value(), keys);
  }

  long count(Connection connection, BackfillId id) throws SQLException {
    return Statements.list(
            connection,
            tables.sql("SELECT COUNT(*) FROM {backfill_quarantine} WHERE backfill_id = ?"),
            row -> row.getLong(1),
            id.value())
        .get(0);
  }

  /** Returns a page of keys. */
  List<String> keysAfter(Connection connection, BackfillId id, String afterKey, int limit)
      throws SQLException {
    return Statements.list(
        connection,
        tables.sql(
            "SELECT item_key FROM {backfill_quarantine} WHERE backfill_id = ? AND item_key > ?"
                + " ORDER BY item_key LIMIT ?"),
        row -> row.getString(1),
        id.value(),
        afterKey,
        limit);
  }

  /** Returns those of the keys that are in quarantine. */
  Set<String> known(Connection connection, BackfillId id, List<String> keys) throws SQLException {
    if (keys.isEmpty()) {
      return Set.of();
    }
    List<Object> values = new ArrayList<>(keys);
    values.add(0, id.value());
    return StoredText.found(
        keys,
        Statements.list(
            connection,
            tables.sql(
                "SELECT item_key FROM {backfill_quarantine} WHERE backfill_id = ? AND item_key IN ("
                    + String.join(", ", Collections.nCopies(keys.size(), "?"))
                    + ")"),
            row -> row.getString(1),
            values.toArray()));
  }

  void empty(Connection connection, BackfillId id) throws SQLException {
    Statements.update(
        connection,
        tables.sql("DELETE FROM {backfill_quarantine} WHERE backfill_id = ?"),
        id.value());
  }

  List<QuarantinedItem> list(Connection connection, BackfillId id, int limit) throws SQLException {
    return List.copyOf(
        Statements.list(connection, tables.sql(SELECT), QuarantineTable::item, id.value(), limit));
  }

  List<QuarantinedItem> listAfter(Connection connection, BackfillId id, String afterKey, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql(SELECT_AFTER),
            QuarantineTable::item,
            id.value(),
            afterKey,
            limit));
  }

  private static QuarantinedItem item(ResultSet row) throws SQLException {
    return new QuarantinedItem(
        new RejectedItem(
            row.getString("item_key"), row.getString("error"), row.getString("payload")),
        row.getInt("attempts"),
        requireNonNull(Statements.instant(row, "first_seen_at")),
        requireNonNull(Statements.instant(row, "last_seen_at")));
  }
}
