package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.jdbc.internal.sql.Ages;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;

/** Pruning of old rows in the tables that only grow, with the time at which it last began. */
final class Pruning {

  private static final String OLD_RUNS =
      " FROM {sync_logs} WHERE started_at <= {time} AND status <> 'running'";

  /** Old transitions, without those of stopped backfills: they name the actor and the reason. */
  private static final String OLD_TRANSITIONS =
      " FROM {backfill_transitions} WHERE occurred_at <= {time} AND backfill_id NOT IN"
          + " (SELECT id FROM {backfill_progress}"
          + " WHERE status IN ('pausing', 'paused', 'cancelling', 'cancelled'))";

  private static final String OLD_CHUNKS =
      " FROM {backfill_progress} p JOIN {backfill_chunks} c ON c.backfill_id = p.id"
          + " AND c.chunk_number < p.next_chunk_number - "
          + ProgressStore.NEWEST_CHUNKS
          + " WHERE p.status IN ('completed', 'completed_with_gaps') AND c.committed_at <= {time}";

  private static final String CLAIM =
      "UPDATE {backfill_upkeep} SET begun_at = {now} WHERE name = 'pruning' AND begun_at <= {time}";

  private static final String FIRST_CLAIM =
      "INSERT INTO {backfill_upkeep} (name, begun_at)"
          + " SELECT 'pruning', {now} WHERE NOT EXISTS"
          + " (SELECT 1 FROM {backfill_upkeep} WHERE name = 'pruning')";

  private final Transactions calls;
  private final Tables tables;

  Pruning(Transactions calls, Tables tables) {
    this.calls = calls;
    this.tables = tables;
  }

  boolean claim(Duration every) {
    try {
      return calls.run("the claim of the pruning", c -> claim(c, every));
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause())) {
        return false;
      }
      throw e;
    }
  }

  private boolean claim(Connection connection, Duration every) throws SQLException {
    Instant before = Ages.ago(connection, tables, every);
    return Statements.update(connection, tables.sql(CLAIM), before) == 1
        || Statements.update(connection, tables.sql(FIRST_CLAIM)) == 1;
  }

  Pruned prune(Duration olderThan, int limit) {
    return calls.run("the removal of old rows", c -> prune(c, olderThan, limit));
  }

  private Pruned prune(Connection connection, Duration olderThan, int limit) throws SQLException {
    Instant moment = Ages.ago(connection, tables, olderThan);
    return new Pruned(
        delete(
            connection,
            "DELETE FROM {sync_logs} WHERE id IN (SELECT id"
                + OLD_RUNS
                + " ORDER BY started_at LIMIT ?)",
            moment,
            limit),
        delete(
            connection,
            "DELETE FROM {backfill_transitions} WHERE id IN (SELECT id"
                + OLD_TRANSITIONS
                + " ORDER BY occurred_at LIMIT ?)",
            moment,
            limit),
        delete(
            connection,
            "DELETE FROM {backfill_chunks} WHERE (backfill_id, chunk_number) IN"
                + " (SELECT c.backfill_id, c.chunk_number"
                + OLD_CHUNKS
                + " ORDER BY c.backfill_id, c.chunk_number LIMIT ?)",
            moment,
            limit),
        0);
  }

  private long delete(Connection connection, String template, Instant moment, int limit)
      throws SQLException {
    return Statements.update(connection, tables.sql(template), moment, limit);
  }

  Pruned prunable(Duration olderThan) {
    return calls.read("the count of old rows", c -> prunable(c, olderThan));
  }

  private Pruned prunable(Connection connection, Duration olderThan) throws SQLException {
    Instant moment = Ages.ago(connection, tables, olderThan);
    return new Pruned(
        count(connection, OLD_RUNS, moment),
        count(connection, OLD_TRANSITIONS, moment),
        count(connection, OLD_CHUNKS, moment),
        0);
  }

  private long count(Connection connection, String which, Instant moment) throws SQLException {
    return Statements.list(
            connection, tables.sql("SELECT COUNT(*)" + which), row -> row.getLong(1), moment)
        .get(0);
  }
}
