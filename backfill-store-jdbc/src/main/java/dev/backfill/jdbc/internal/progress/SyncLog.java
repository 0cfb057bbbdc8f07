package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claimant;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Keeps {@code sync_logs}: a row for each run, from the claim of a lease to its end. */
final class SyncLog {

  private static final String BEGIN =
      "INSERT INTO {sync_logs} (sync_type, target, backfill_id, fence, status, started_at,"
          + " metadata) VALUES (?, ?, ?, ?, 'running', {now}, ?)";

  private static final String END =
      "UPDATE {sync_logs} SET status = ?, completed_at = {now}, error_message = ?,"
          + " records_processed = "
          + sum("item_count + quarantined_count")
          + ", records_inserted = "
          + sum("inserted_count")
          + ", records_updated = "
          + sum("updated_count")
          + ", records_failed = "
          + sum("quarantined_count")
          + ", github_api_calls_used = "
          + sum("quota_spent")
          + ", rate_limit_remaining = (SELECT quota_remaining FROM {backfill_chunks}"
          + " WHERE backfill_id = ? AND fence = ? AND quota_remaining IS NOT NULL"
          + " ORDER BY chunk_number DESC LIMIT 1)"
          + " WHERE backfill_id = ? AND fence = ? AND status = 'running'";

  private final Tables tables;

  SyncLog(Tables tables) {
    this.tables = tables;
  }

  void begin(Connection connection, Backfill backfill, long fence, Claimant claimant)
      throws SQLException {
    Statements.update(
        connection,
        tables.sql(BEGIN),
        backfill.key().source(),
        backfill.key().target(),
        backfill.id().value(),
        fence,
        metadata(fence, claimant));
  }

  void end(
      Connection connection,
      BackfillId id,
      long fence,
      BackfillStatus status,
      @Nullable String error)
      throws SQLException {
    String outcome =
        switch (status) {
          case FAILED -> "failed";
          case CANCELLED -> "cancelled";
          case PAUSED -> "paused";
          default -> "completed";
        };
    end(connection, id, fence, outcome, error);
  }

  /** Ends the run of a worker that will not do it itself; nothing happens when it did. */
  void abandon(Connection connection, BackfillId id, long fence) throws SQLException {
    end(connection, id, fence, "abandoned", "The worker stopped without giving its lease back.");
  }

  private void end(
      Connection connection, BackfillId id, long fence, String outcome, @Nullable String error)
      throws SQLException {
    @Nullable Object[] parameters = new @Nullable Object[16];
    parameters[0] = outcome;
    parameters[1] = error;
    for (int i = 2; i < parameters.length; i += 2) {
      parameters[i] = id.value();
      parameters[i + 1] = fence;
    }
    Statements.update(connection, tables.sql(END), parameters);
  }

  private static String sum(String expression) {
    return "(SELECT COALESCE(SUM("
        + expression
        + "), 0) FROM {backfill_chunks} WHERE backfill_id = ? AND fence = ?)";
  }

  private static String metadata(long fence, Claimant claimant) {
    return "{\"worker\":"
        + json(claimant.owner())
        + ",\"executor\":"
        + json(claimant.executor())
        + ",\"fence\":"
        + fence
        + "}";
  }

  private static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
