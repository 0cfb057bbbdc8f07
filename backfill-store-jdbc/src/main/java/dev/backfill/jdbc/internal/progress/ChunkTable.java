package dev.backfill.jdbc.internal.progress;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The table {@code backfill_chunks}. */
final class ChunkTable {

  private static final String INSERT =
      "INSERT INTO {backfill_chunks} (inserted_count, updated_count, backfill_id, chunk_number,"
          + " attempt_id, item_count, quarantined_count, cursor_before, cursor_after, chunk_size,"
          + " size_reason, quota_spent, quota_remaining, active_ms, worker, fence, size_basis,"
          + " started_at, committed_at)";

  private static final String VALUES =
      ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, CAST(? AS BIGINT), ?, ?, ?, ?, {time}, {now}";

  private static final String INSERT_COUNTED = INSERT + " VALUES (?, ?" + VALUES + ")";

  private static final String SELECT =
      "SELECT * FROM {backfill_chunks} WHERE backfill_id = ? AND chunk_number >= ?"
          + " ORDER BY chunk_number LIMIT ?";

  private final Tables tables;

  ChunkTable(Tables tables) {
    this.tables = tables;
  }

  /**
   * Returns the template of a statement that stores a chunk together with its counts.
   *
   * @param written a query that returns for each row of an item true if it was {@code inserted}
   */
  static String insertAndCount(String written) {
    return "WITH written AS ("
        + written
        + ") "
        + INSERT
        + " SELECT COUNT(*) FILTER (WHERE inserted), COUNT(*) FILTER (WHERE NOT inserted)"
        + VALUES
        + " FROM written RETURNING inserted_count, updated_count";
  }

  void insert(Connection connection, Lease lease, ChunkCommit<?> commit, SinkCounts counts)
      throws SQLException {
    List<@Nullable Object> values = new ArrayList<>();
    values.add(counts.inserted());
    values.add(counts.updated());
    values.addAll(values(lease, commit));
    Statements.update(connection, tables.sql(INSERT_COUNTED), values.toArray());
  }

  /** Returns the number of items that a run has stored or quarantined. */
  long items(Connection connection, BackfillId id, long fence) throws SQLException {
    return Statements.list(
            connection,
            tables.sql(
                "SELECT COALESCE(SUM(item_count + quarantined_count), 0) FROM {backfill_chunks}"
                    + " WHERE backfill_id = ? AND fence = ?"),
            row -> row.getLong(1),
            id.value(),
            fence)
        .get(0);
  }

  /** Returns the parameters of {@link #insertAndCount} after those of its query. */
  static List<@Nullable Object> values(Lease lease, ChunkCommit<?> commit) {
    Decision.Proceed decision = commit.decision();
    return Arrays.asList(
        lease.backfill().value(),
        commit.number(),
        commit.attemptId(),
        commit.chunk().items().size(),
        commit.chunk().rejected().size(),
        commit.before().value(),
        commit.chunk().next().value(),
        decision.chunkSize(),
        decision.reason(),
        commit.chunk().quotaSpent(),
        commit.quotaRemaining(),
        commit.active().toMillis(),
        lease.owner(),
        lease.fence(),
        decision.basis(),
        commit.startedAt());
  }

  List<CommittedChunk> list(Connection connection, BackfillId id, long from, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT), ChunkTable::chunk, id.value(), from, limit));
  }

  private static CommittedChunk chunk(ResultSet row) throws SQLException {
    return new CommittedChunk(
        row.getLong("chunk_number"),
        UUID.fromString(row.getString("attempt_id")),
        row.getInt("item_count"),
        row.getInt("inserted_count"),
        row.getInt("updated_count"),
        row.getInt("quarantined_count"),
        new Cursor(row.getString("cursor_before")),
        new Cursor(row.getString("cursor_after")),
        row.getInt("chunk_size"),
        row.getString("size_reason"),
        Statements.textOrAbsent(row, "size_basis"),
        row.getLong("quota_spent"),
        Statements.number(row, "quota_remaining"),
        Duration.ofMillis(row.getLong("active_ms")),
        requireNonNull(Statements.instant(row, "started_at")),
        row.getString("worker"),
        row.getLong("fence"),
        requireNonNull(Statements.instant(row, "committed_at")));
  }
}
