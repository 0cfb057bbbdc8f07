package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What must be true of the chunks of every backfill, whatever happened to its workers. */
final class ChunkLedger {

  private static final String WHOLE_CHUNKS =
      "SELECT COUNT(*) FROM backfill_progress p WHERE"
          + " p.processed_items <> (SELECT COALESCE(SUM(c.item_count + c.quarantined_count), 0)"
          + " FROM backfill_chunks c WHERE c.backfill_id = p.id)"
          + " OR p.next_chunk_number <> 1 + (SELECT COUNT(*) FROM backfill_chunks c WHERE c.backfill_id = p.id)"
          + " OR p.next_chunk_number <> 1 + (SELECT COALESCE(MAX(c.chunk_number), 0) FROM backfill_chunks c WHERE c.backfill_id = p.id)";

  /** A chunk with an older fence than the chunk before it was committed by a forgotten worker. */
  private static final String FENCES_OUT_OF_ORDER =
      "SELECT COUNT(*) FROM (SELECT fence, LAG(fence) OVER (PARTITION BY backfill_id"
          + " ORDER BY chunk_number) AS earlier FROM backfill_chunks) c WHERE earlier > fence";

  private static final String SHARED_FENCES =
      "SELECT COUNT(*) FROM (SELECT backfill_id, fence FROM backfill_chunks"
          + " GROUP BY backfill_id, fence HAVING COUNT(DISTINCT worker) > 1) c";

  private ChunkLedger() {}

  /** Each chunk once and without a gap, under fences that only grow; nothing in quarantine. */
  static void assertSound(String url, String user, Object context) throws SQLException {
    assertThat(backfillsWithBrokenChunks(url, user)).as("broken chunks%n%s", context).isZero();
    assertThat(count(url, user, FENCES_OUT_OF_ORDER)).as("fences in order%n%s", context).isZero();
    assertThat(count(url, user, SHARED_FENCES)).as("a fence each%n%s", context).isZero();
    assertThat(count(url, user, "SELECT COUNT(*) FROM backfill_quarantine"))
        .as("in quarantine%n%s", context)
        .isZero();
  }

  private static long backfillsWithBrokenChunks(String url, String user) throws SQLException {
    return count(url, user, WHOLE_CHUNKS);
  }

  private static long count(String url, String user, String sql) throws SQLException {
    try (Connection connection = DefaultDatabase.open(url, user);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
