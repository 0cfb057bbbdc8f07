package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.internal.history.ItemRows;
import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.dialect.Pipelining;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The commit of a chunk in one round trip, including the end of the transaction. Every statement is
 * known beforehand, and the client checks nothing between them. What {@link ChunkCommitter} checks
 * step by step is a condition here: if it is false, the first statement and all later ones fail.
 */
final class PipelinedCommit {

  /**
   * Locks the row, checks fence and position, and advances. A wrong one divides by zero. The values
   * on the right are those of the row before the statement.
   */
  private static final String ADVANCE =
      "UPDATE {backfill_progress} SET next_chunk_number = next_chunk_number + 1"
          + " / CASE WHEN fence = ? AND lease_owner = ? AND next_chunk_number = ?"
          + " AND COALESCE(resume_cursor, '') = ? THEN 1 ELSE 0 END,"
          + " resume_cursor = ?, phase = ?, processed_items = processed_items + ?,"
          + " total_items = CAST(? AS BIGINT), total_kind = ?, chunk_size = ?,"
          + BackfillTable.COMMITTED
          + " AND {patience} IS NOT NULL AND %s IS NOT NULL"
          + " RETURNING status, processed_items, quarantined_items";

  private static final String END = "; COMMIT";

  private final Pipelining pipelining;
  private final Tables tables;
  private final Map<List<UpsertTable>, String> statements = new ConcurrentHashMap<>();

  PipelinedCommit(Pipelining pipelining, Tables tables) {
    this.pipelining = pipelining;
    this.tables = tables;
  }

  /**
   * Returns true if a chunk needs no check between its statements: items of the history count when
   * they are passed, and no item enters or leaves the quarantine.
   */
  static boolean suits(ChunkCommit<?> commit) {
    return commit.chunk().phase() == Phase.HISTORY
        && !commit.chunk().items().isEmpty()
        && commit.chunk().rejected().isEmpty()
        && commit.itemKeys().isEmpty();
  }

  /**
   * Commits a chunk that {@linkplain #suits suits}.
   *
   * @param connection in a transaction that has not begun; it is over after the call
   * @throws SQLException if anything is wrong; nothing is stored then, unless the connection broke
   */
  CommitResult commit(Connection connection, Lease lease, ChunkCommit<?> commit, ItemRows rows)
      throws SQLException {
    List<Upsert> upserts = new ArrayList<>(rows.context());
    upserts.add(rows.items());
    upserts.addAll(rows.parts());
    int counted = rows.context().size();
    try (PreparedStatement statement = connection.prepareStatement(sql(upserts, counted))) {
      Backfill.Counters passed =
          new Backfill.Counters(Total.UNKNOWN, 0, 0).after(commit, SinkCounts.NONE, 0, 0);
      int next = bind(statement, 1, advancing(lease, commit, passed));
      for (int i = 0; i < upserts.size(); i++) {
        next = pipelining.bind(statement, next, upserts.get(i));
        if (i == counted) {
          next = bind(statement, next, ChunkTable.values(lease, commit));
        }
      }
      statement.execute();
      Advanced advanced = advanced(statement, passed.total());
      for (int i = 0; i <= counted; i++) {
        statement.getMoreResults();
      }
      return new CommitResult(counts(statement), advanced.status(), advanced.counters());
    }
  }

  private String sql(List<Upsert> upserts, int counted) {
    return statements.computeIfAbsent(
        upserts.stream().map(Upsert::table).toList(), written -> joined(written, counted));
  }

  private String joined(List<UpsertTable> written, int counted) {
    List<String> templates = new ArrayList<>();
    templates.add(ADVANCE.formatted(pipelining.onePlan()));
    for (int i = 0; i < written.size(); i++) {
      String upsert = pipelining.upsert(written.get(i));
      templates.add(i == counted ? ChunkTable.insertAndCount(upsert) : upsert);
    }
    return templates.stream().map(tables::sql).collect(Collectors.joining("; ", "", END));
  }

  private static List<@Nullable Object> advancing(
      Lease lease, ChunkCommit<?> commit, Backfill.Counters passed) {
    Total total = passed.total();
    return Arrays.asList(
        lease.fence(),
        lease.owner(),
        commit.number(),
        commit.before().value(),
        commit.chunk().next().isStart() ? null : commit.chunk().next().value(),
        BackfillTable.stored(commit.chunk().phase()),
        passed.processed(),
        total.isKnown() ? total.count() : null,
        BackfillTable.kind(total),
        commit.decision().chunkSize(),
        lease.timeToLive().toMillis(),
        lease.backfill().value(),
        BackfillTable.millis(lease.timeToLive()));
  }

  private static int bind(PreparedStatement statement, int from, List<@Nullable Object> values)
      throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      Statements.set(statement, from + i, values.get(i));
    }
    return from + values.size();
  }

  /** The result of the first statement. */
  private record Advanced(BackfillStatus status, Backfill.Counters counters) {}

  private static Advanced advanced(PreparedStatement statement, Total total) throws SQLException {
    try (ResultSet row = only(statement)) {
      return new Advanced(
          BackfillTable.status(row.getString("status")),
          new Backfill.Counters(
              total, row.getLong("processed_items"), row.getLong("quarantined_items")));
    }
  }

  private static SinkCounts counts(PreparedStatement statement) throws SQLException {
    try (ResultSet row = only(statement)) {
      return new SinkCounts(row.getInt("inserted_count"), row.getInt("updated_count"));
    }
  }

  private static ResultSet only(PreparedStatement statement) throws SQLException {
    ResultSet rows = statement.getResultSet();
    if (rows == null || !rows.next()) {
      throw new SQLException("the driver did not return the result of each statement");
    }
    return rows;
  }
}
