package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table {@code sync_logs}: a row for each run, from the claim of a lease to its end. */
final class SyncLog {

  private static final Logger LOG = LoggerFactory.getLogger(SyncLog.class);

  private static final String BEGIN =
      "INSERT INTO {sync_logs} (sync_type, target, backfill_id, fence, status, started_at,"
          + " metadata) VALUES (?, ?, ?, ?, 'running', {now}, ?)";

  private static final String RUNNING =
      "SELECT l.id, l.metadata, j.destination, j.trigger_reason, j.run_url FROM {sync_logs} l"
          + " LEFT JOIN {backfill_jobs} j ON j.backfill_id = l.backfill_id"
          + " WHERE l.backfill_id = ? AND l.fence = ? AND l.status = 'running'";

  private static final String FIGURES =
      "SELECT COUNT(*) AS chunks, COALESCE(SUM(item_count + quarantined_count), 0) AS processed,"
          + " COALESCE(SUM(inserted_count), 0) AS inserted,"
          + " COALESCE(SUM(updated_count), 0) AS updated,"
          + " COALESCE(SUM(quarantined_count), 0) AS failed,"
          + " COALESCE(SUM(quota_spent), 0) AS spent, COALESCE(SUM(active_ms), 0) AS active,"
          + " (SELECT c.quota_remaining FROM {backfill_chunks} c WHERE c.backfill_id = ?"
          + " AND c.fence = ? AND c.quota_remaining IS NOT NULL"
          + " ORDER BY c.chunk_number DESC LIMIT 1) AS remaining"
          + " FROM {backfill_chunks} WHERE backfill_id = ? AND fence = ?";

  private static final String END =
      "UPDATE {sync_logs} SET status = ?, completed_at = {now}, error_message = ?,"
          + " records_processed = ?, records_inserted = ?, records_updated = ?,"
          + " records_failed = ?, github_api_calls_used = ?, rate_limit_remaining = ?,"
          + " metadata = ? WHERE id = ?";

  private final Tables tables;

  SyncLog(Tables tables) {
    this.tables = tables;
  }

  /** A run in progress, with its job. */
  private record Running(
      long id,
      String metadata,
      @Nullable String destination,
      @Nullable String trigger,
      @Nullable String url) {}

  /**
   * The figures of a run.
   *
   * @param counts the counts of items
   * @param remaining the remaining quota at its end, or null
   */
  private record Figures(
      long chunks, Counts counts, long spent, long activeMillis, @Nullable Long remaining) {}

  private record Counts(long processed, long inserted, long updated, long failed) {}

  void begin(Connection connection, Backfill backfill, long fence, LeaseRequest request)
      throws SQLException {
    int rows =
        Statements.update(
            connection,
            tables.sql(BEGIN),
            backfill.key().source(),
            backfill.key().target(),
            backfill.id().value(),
            fence,
            metadata(fence, request));
    if (rows != 1) {
      throw new SQLException("the start of a run was not logged: " + rows + " rows were written");
    }
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
    if (!end(connection, id, fence, outcome, error)) {
      LOG.warn(
          "The run of backfill {} with fence {} ended as {}, and its start was not logged",
          id.value(),
          fence,
          outcome);
    }
  }

  /** Ends the run of a worker that did not end it itself; does nothing if it has ended. */
  void abandon(Connection connection, BackfillId id, long fence) throws SQLException {
    end(connection, id, fence, "abandoned", "The worker stopped without releasing its lease.");
  }

  /** Removes the row of a run. */
  void forget(Connection connection, BackfillId id, long fence) throws SQLException {
    Statements.update(
        connection,
        tables.sql("DELETE FROM {sync_logs} WHERE backfill_id = ? AND fence = ?"),
        id.value(),
        fence);
  }

  /** Returns true if there was a run to end. */
  private boolean end(
      Connection connection, BackfillId id, long fence, String outcome, @Nullable String error)
      throws SQLException {
    List<Running> running =
        Statements.list(connection, tables.sql(RUNNING), SyncLog::running, id.value(), fence);
    if (running.isEmpty()) {
      return false;
    }
    Figures figures =
        Statements.list(
                connection,
                tables.sql(FIGURES),
                SyncLog::figures,
                id.value(),
                fence,
                id.value(),
                fence)
            .get(0);
    int rows = 0;
    for (Running run : running) {
      rows +=
          Statements.update(
              connection,
              tables.sql(END),
              outcome,
              error,
              figures.counts().processed(),
              figures.counts().inserted(),
              figures.counts().updated(),
              figures.counts().failed(),
              figures.spent(),
              figures.remaining(),
              metadata(run, figures),
              run.id());
    }
    if (rows != running.size()) {
      throw new SQLException("the end of a run was not logged: " + rows + " rows were written");
    }
    return true;
  }

  private static Running running(ResultSet row) throws SQLException {
    return new Running(
        row.getLong("id"),
        String.valueOf(row.getString("metadata")),
        row.getString("destination"),
        row.getString("trigger_reason"),
        row.getString("run_url"));
  }

  private static Figures figures(ResultSet row) throws SQLException {
    return new Figures(
        row.getLong("chunks"),
        new Counts(
            row.getLong("processed"),
            row.getLong("inserted"),
            row.getLong("updated"),
            row.getLong("failed")),
        row.getLong("spent"),
        row.getLong("active"),
        Statements.number(row, "remaining"));
  }

  private static String metadata(long fence, LeaseRequest request) {
    return "{\"worker\":"
        + json(request.owner())
        + ",\"executor\":"
        + json(request.executor())
        + ",\"fence\":"
        + fence
        + "}";
  }

  /** Returns the facts from the start and the end of a run. */
  private static String metadata(Running run, Figures figures) {
    StringBuilder json = new StringBuilder(run.metadata());
    json.setLength(Math.max(0, json.length() - 1));
    json.append(",\"chunks\":").append(figures.chunks());
    json.append(",\"activeMillis\":").append(figures.activeMillis());
    add(json, "trigger", run.trigger());
    add(json, "destination", run.destination());
    add(json, "runUrl", run.url());
    return json.append('}').toString();
  }

  private static void add(StringBuilder json, String name, @Nullable String value) {
    if (value != null) {
      json.append(",\"").append(name).append("\":").append(json(value));
    }
  }

  private static String json(String text) {
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ') {
        json.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
