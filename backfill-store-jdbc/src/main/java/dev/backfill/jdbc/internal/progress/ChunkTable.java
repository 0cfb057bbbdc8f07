package dev.backfill.jdbc.internal.progress;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.ChunkCommit.Measures;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Reads and writes {@code backfill_chunks} and {@code backfill_quarantine}. */
final class ChunkTable {

  private static final String INSERT =
      "INSERT INTO {backfill_chunks} (backfill_id, chunk_number, attempt_id, item_count,"
          + " inserted_count, updated_count, quarantined_count, cursor_before, cursor_after,"
          + " chunk_size, size_reason, quota_spent, quota_remaining, active_ms, worker, fence,"
          + " started_at, committed_at)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {now})";

  private static final String SELECT =
      "SELECT * FROM {backfill_chunks} WHERE backfill_id = ? AND chunk_number >= ?"
          + " ORDER BY chunk_number LIMIT ?";

  private static final String SELECT_QUARANTINE =
      "SELECT * FROM {backfill_quarantine} WHERE backfill_id = ?"
          + " ORDER BY first_seen_at, item_key LIMIT ?";

  private final Dialect dialect;
  private final Tables tables;

  ChunkTable(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
  }

  void insert(Connection connection, Lease lease, ChunkCommit<?> commit, SinkCounts counts)
      throws SQLException {
    Measures measures = commit.measures();
    Statements.update(
        connection,
        tables.sql(INSERT),
        lease.backfill().value(),
        commit.number(),
        commit.attemptId(),
        commit.chunk().items().size(),
        counts.inserted(),
        counts.updated(),
        commit.chunk().rejected().size(),
        commit.before().value(),
        commit.chunk().next().value(),
        measures.requestedSize(),
        measures.sizeReason(),
        measures.quotaSpent(),
        measures.quotaRemaining(),
        measures.active().toMillis(),
        lease.owner(),
        lease.fence(),
        measures.startedAt());
  }

  void quarantine(Connection connection, BackfillId id, List<RejectedItem> items)
      throws SQLException {
    if (items.isEmpty()) {
      return;
    }
    try (PreparedStatement statement =
        connection.prepareStatement(tables.sql(dialect.quarantine()))) {
      for (RejectedItem item : items) {
        Statements.bind(statement, id.value(), item.key(), item.error(), item.payload());
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  void emptyQuarantine(Connection connection, BackfillId id) throws SQLException {
    Statements.update(
        connection,
        tables.sql("DELETE FROM {backfill_quarantine} WHERE backfill_id = ?"),
        id.value());
  }

  List<CommittedChunk> list(Connection connection, BackfillId id, long from, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT), ChunkTable::chunk, id.value(), from, limit));
  }

  List<QuarantinedItem> quarantined(Connection connection, BackfillId id, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql(SELECT_QUARANTINE),
            ChunkTable::quarantinedItem,
            id.value(),
            limit));
  }

  private static CommittedChunk chunk(ResultSet row) throws SQLException {
    return new CommittedChunk(
        row.getLong("chunk_number"),
        row.getObject("attempt_id", UUID.class),
        new CommittedChunk.Counts(
            row.getInt("item_count"),
            row.getInt("inserted_count"),
            row.getInt("updated_count"),
            row.getInt("quarantined_count")),
        new Cursor(row.getString("cursor_before")),
        new Cursor(row.getString("cursor_after")),
        new Measures(
            row.getInt("chunk_size"),
            row.getString("size_reason"),
            row.getLong("quota_spent"),
            Statements.number(row, "quota_remaining"),
            Duration.ofMillis(row.getLong("active_ms")),
            requireNonNull(Statements.instant(row, "started_at"))),
        new CommittedChunk.Commitment(
            row.getString("worker"),
            row.getLong("fence"),
            requireNonNull(Statements.instant(row, "committed_at"))));
  }

  private static QuarantinedItem quarantinedItem(ResultSet row) throws SQLException {
    return new QuarantinedItem(
        new RejectedItem(
            row.getString("item_key"), row.getString("error"), row.getString("payload")),
        row.getInt("attempts"),
        requireNonNull(Statements.instant(row, "first_seen_at")),
        requireNonNull(Statements.instant(row, "last_seen_at")));
  }
}
