package dev.backfill.jdbc.internal.progress;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table {@code backfill_transitions}, whose rows never change. */
final class TransitionTable {

  private static final String INSERT =
      "INSERT INTO {backfill_transitions} (backfill_id, from_status, to_status, cause, actor,"
          + " reason, fence, occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?, {now})";

  private static final String SELECT =
      "SELECT * FROM {backfill_transitions} WHERE backfill_id = ? AND id > ? ORDER BY id LIMIT ?";

  private static final String LATEST =
      "SELECT * FROM {backfill_transitions} WHERE backfill_id = ? ORDER BY id DESC LIMIT ?";

  private final Tables tables;

  TransitionTable(Tables tables) {
    this.tables = tables;
  }

  void add(
      Connection connection,
      BackfillTable.Locked locked,
      BackfillStatus from,
      BackfillStatus to,
      Transition.Cause cause,
      String actor,
      @Nullable String reason)
      throws SQLException {
    Statements.update(
        connection,
        tables.sql(INSERT),
        locked.backfill().id().value(),
        BackfillTable.stored(from),
        BackfillTable.stored(to),
        BackfillTable.stored(cause),
        actor,
        reason,
        locked.fence());
  }

  /** Removes the transitions of a run. */
  void forget(Connection connection, BackfillId id, long fence) throws SQLException {
    Statements.update(
        connection,
        tables.sql("DELETE FROM {backfill_transitions} WHERE backfill_id = ? AND fence = ?"),
        id.value(),
        fence);
  }

  List<Transition> latest(Connection connection, BackfillId id, int limit) throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(LATEST), TransitionTable::transition, id.value(), limit));
  }

  List<Transition> list(Connection connection, BackfillId id, long after, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT), TransitionTable::transition, id.value(), after, limit));
  }

  private static Transition transition(ResultSet row) throws SQLException {
    return new Transition(
        row.getLong("id"),
        BackfillTable.status(row.getString("from_status")),
        BackfillTable.status(row.getString("to_status")),
        Transition.Cause.valueOf(row.getString("cause").toUpperCase(Locale.ROOT)),
        row.getString("actor"),
        row.getString("reason"),
        row.getLong("fence"),
        requireNonNull(Statements.instant(row, "occurred_at")));
  }
}
