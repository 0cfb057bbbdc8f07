package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * A run of a completed backfill that found nothing new leaves no rows: there are thousands of such
 * runs a day. The backfill's row keeps the moment, and an empty chunk stays where the cursor moved.
 */
record QuietRun(Tables tables, TransitionTable transitions) {

  private static final String STORED =
      "SELECT COALESCE(SUM(item_count + quarantined_count), 0) FROM {backfill_chunks}"
          + " WHERE backfill_id = ? AND fence = ?";

  /** Takes back what the run has left; false, and nothing is done, where it has done something. */
  boolean forget(Connection connection, Locked locked, BackfillStatus status, LeaseRelease release)
      throws SQLException {
    long id = locked.backfill().id().value();
    if (!status.isCompleted()
        || release.error() != null
        || !isFromTheSame(connection, locked, status)
        || stored(connection, id, locked.fence()) > 0) {
      return false;
    }
    delete(connection, "{backfill_transitions}", id, locked.fence());
    delete(connection, "{sync_logs}", id, locked.fence());
    return true;
  }

  /**
   * Whether the claim of this run is the last that happened, and the status was the same before.
   */
  private boolean isFromTheSame(Connection connection, Locked locked, BackfillStatus status)
      throws SQLException {
    List<Transition> latest = transitions.latest(connection, locked.backfill().id(), 1);
    return !latest.isEmpty()
        && latest.get(0).fence() == locked.fence()
        && latest.get(0).change().cause() == Transition.Cause.CLAIM
        && latest.get(0).change().from() == status
        && latest.get(0).reason() == null;
  }

  private long stored(Connection connection, long id, long fence) throws SQLException {
    return Statements.list(connection, tables.sql(STORED), row -> row.getLong(1), id, fence).get(0);
  }

  private void delete(Connection connection, String table, long id, long fence)
      throws SQLException {
    Statements.update(
        connection,
        tables.sql("DELETE FROM " + table + " WHERE backfill_id = ? AND fence = ?"),
        id,
        fence);
  }
}
