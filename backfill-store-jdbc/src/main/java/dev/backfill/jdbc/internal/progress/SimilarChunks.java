package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Finds the backfill that is most like another one, and reads its latest chunks. */
final class SimilarChunks {

  private static final String OTHERS =
      "SELECT id, next_chunk_number FROM {backfill_progress}"
          + " WHERE source = (SELECT source FROM {backfill_progress} WHERE id = ?) AND id <> ?"
          + " AND next_chunk_number > 1 ORDER BY ";

  private static final String LATEST = "updated_at DESC, id DESC LIMIT 1";

  /** The nearest logarithm is the smallest ratio; SQLite may have no logarithm. */
  private static final String NEAREST =
      "CASE WHEN total_items IS NULL OR total_items < 1 THEN 1 ELSE 0 END,"
          + " CASE WHEN total_items IS NULL OR total_items < 1 THEN 0"
          + " WHEN total_items >= ? THEN 1.0 * total_items / ?"
          + " ELSE 1.0 * ? / total_items END, "
          + LATEST;

  private final Tables tables;
  private final ChunkTable chunks;

  SimilarChunks(Tables tables, ChunkTable chunks) {
    this.tables = tables;
    this.chunks = chunks;
  }

  private record Other(BackfillId id, long nextChunkNumber) {}

  List<CommittedChunk> list(Connection connection, BackfillId id, Total total, int limit)
      throws SQLException {
    List<Other> others =
        total.count() > 0
            ? Statements.list(
                connection,
                tables.sql(OTHERS + NEAREST),
                SimilarChunks::other,
                id.value(),
                id.value(),
                total.count(),
                total.count(),
                total.count())
            : Statements.list(
                connection,
                tables.sql(OTHERS + LATEST),
                SimilarChunks::other,
                id.value(),
                id.value());
    if (others.isEmpty()) {
      return List.of();
    }
    Other other = others.get(0);
    return chunks.list(connection, other.id(), Math.max(1, other.nextChunkNumber() - limit), limit);
  }

  private static Other other(ResultSet row) throws SQLException {
    return new Other(new BackfillId(row.getLong("id")), row.getLong("next_chunk_number"));
  }
}
