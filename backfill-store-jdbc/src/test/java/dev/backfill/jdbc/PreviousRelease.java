package dev.backfill.jdbc;

import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.schema.SchemaStatements;
import dev.backfill.jdbc.internal.schema.SchemaVersion;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.project.SupabaseProject;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A node of the release that knew versions 1 and 2 of the schema: its scripts, and its statements
 * word for word, in its order and transactions.
 */
final class PreviousRelease {

  private static final String SELECT =
      "SELECT p.*, CASE WHEN lease_expires_at > {now} THEN FALSE ELSE TRUE END AS lease_expired"
          + " FROM {backfill_progress} p ";
  private static final String HELD = " WHERE id = ? AND fence = ? AND lease_owner = ?";
  private static final String OWNER = "the old node";
  private static final long LEASE_MILLIS = 300_000;

  private final DataSource database;
  private final Tables tables;

  PreviousRelease(TestDatabase database, String dialect) {
    this.database = database.dataSource();
    this.tables =
        new Tables(
            database.names().schema(),
            database.names().prefix(),
            Dialects.named(dialect).expressions());
  }

  /** What it ran in a new database, with the usual names. */
  static List<String> scripts(String dialect) {
    return scripts(dialect, new Tables(null, "", Dialects.named(dialect).expressions()));
  }

  private static List<String> scripts(String dialect, Tables tables) {
    SchemaStatements schema = new SchemaStatements(Dialects.named(dialect), tables);
    String versions = tables.name("backfill_schema_version");
    return List.of(
        "CREATE TABLE IF NOT EXISTS "
            + versions
            + " (version integer PRIMARY KEY, installed_at timestamp with time zone NOT NULL)",
        schema.text(SchemaVersion.ALL.get(0)),
        tables.sql("INSERT INTO {backfill_schema_version} VALUES (1, {now})"),
        schema.text(SchemaVersion.ALL.get(1)),
        tables.sql("INSERT INTO {backfill_schema_version} VALUES (2, {now})"));
  }

  void install(String dialect) throws SQLException {
    if (tables.schema() != null) {
      SupabaseProject.apply(database, "CREATE SCHEMA IF NOT EXISTS " + tables.schema());
    }
    for (String script : scripts(dialect, tables)) {
      SupabaseProject.apply(database, script);
    }
  }

  /** Registers a backfill and claims it; the answer is its number. */
  long begin(String source, String target) throws SQLException {
    run(
        connection ->
            update(
                connection,
                "INSERT INTO {backfill_progress} (source, target, status, phase, total_kind,"
                    + " processed_items, quarantined_items, chunk_size, next_chunk_number, fence,"
                    + " consecutive_failures, trigger_reason, created_at, updated_at)"
                    + " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 1, 0, 0, ?, {now}, {now})",
                source,
                target,
                "pending",
                "history",
                "unknown",
                "manual"));
    return claim(source, target);
  }

  /** Claims a backfill that is there. */
  long claim(String source, String target) throws SQLException {
    return run(
        connection -> {
          long id =
              Statements.list(
                      connection,
                      tables.sql(SELECT + "WHERE source = ? AND target = ?"),
                      row -> row.getLong("id"),
                      source,
                      target)
                  .get(0);
          long fence = lock(connection, id);
          update(
              connection,
              "UPDATE {backfill_progress} SET fence = fence + 1, lease_owner = ?,"
                  + " lease_expires_at = {now+millis}, status = 'running', executor = ?,"
                  + " wait_until = NULL, wait_reason = NULL,"
                  + " started_at = COALESCE(started_at, {now}), updated_at = {now} WHERE id = ?",
              OWNER,
              LEASE_MILLIS,
              "local",
              id);
          endLog(connection, id, fence, "abandoned", "The worker stopped.");
          update(
              connection,
              "INSERT INTO {sync_logs} (sync_type, target, backfill_id, fence, status, started_at,"
                  + " metadata) VALUES (?, ?, ?, ?, 'running', {now}, ?)",
              source,
              target,
              id,
              fence + 1,
              "{}");
          return id;
        });
  }

  void renew(long id, long fence) throws SQLException {
    run(
        connection ->
            one(
                update(
                    connection,
                    "UPDATE {backfill_progress} SET lease_expires_at = {now+millis},"
                        + " updated_at = {now}"
                        + HELD,
                    LEASE_MILLIS,
                    id,
                    fence,
                    OWNER)));
  }

  void recordFailure(long id, long fence) throws SQLException {
    run(
        connection ->
            one(
                update(
                    connection,
                    "UPDATE {backfill_progress} SET consecutive_failures = consecutive_failures + 1,"
                        + " last_error = ?, updated_at = {now}"
                        + HELD,
                    "a failure",
                    id,
                    fence,
                    OWNER)));
  }

  /** Commits a chunk of two items, beside the batch write of the items themselves. */
  void commit(long id, long fence, long number) throws SQLException {
    run(
        connection -> {
          long found = lock(connection, id);
          if (found != fence) {
            throw new IllegalStateException("the lease is lost: fence " + found);
          }
          update(
              connection,
              "INSERT INTO {backfill_chunks} (backfill_id, chunk_number, attempt_id, item_count,"
                  + " inserted_count, updated_count, quarantined_count, cursor_before,"
                  + " cursor_after, chunk_size, size_reason, quota_spent, quota_remaining,"
                  + " active_ms, worker, fence, started_at, committed_at)"
                  + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, {now})",
              id,
              number,
              UUID.randomUUID(),
              2,
              2,
              0,
              0,
              "after " + (number - 1),
              "after " + number,
              25,
              "the rule",
              2,
              4000,
              100,
              OWNER,
              fence,
              Instant.parse("2026-01-01T00:00:00Z"));
          return one(
              update(
                  connection,
                  "UPDATE {backfill_progress} SET resume_cursor = ?, phase = ?,"
                      + " processed_items = ?, quarantined_items = ?, total_items = ?,"
                      + " total_kind = ?, chunk_size = ?,"
                      + " next_chunk_number = next_chunk_number + 1, consecutive_failures = 0,"
                      + " last_error = NULL, lease_expires_at = {now+millis}, updated_at = {now}"
                      + " WHERE id = ?",
                  "after " + number,
                  "history",
                  2 * number,
                  0,
                  100,
                  "exact",
                  25,
                  LEASE_MILLIS,
                  id));
        });
  }

  void release(long id, long fence) throws SQLException {
    run(
        connection -> {
          lock(connection, id);
          update(
              connection,
              "UPDATE {backfill_progress} SET status = ?, wait_until = {time}, wait_reason = ?,"
                  + " consecutive_failures = ?, last_error = ?, lease_owner = NULL,"
                  + " lease_expires_at = NULL,"
                  + " completed_at = CASE WHEN ? THEN {now} ELSE completed_at END,"
                  + " updated_at = {now} WHERE id = ?",
              "pending",
              null,
              null,
              0,
              null,
              false,
              id);
          endLog(connection, id, fence, "completed", null);
          return id;
        });
  }

  private long lock(Connection connection, long id) throws SQLException {
    return Statements.list(
            connection,
            tables.sql(SELECT + "WHERE id = ? FOR UPDATE"),
            row -> row.getLong("fence"),
            id)
        .get(0);
  }

  private void endLog(
      Connection connection, long id, long fence, String outcome, @Nullable String error)
      throws SQLException {
    String sum =
        "(SELECT COALESCE(SUM(%s), 0) FROM {backfill_chunks} WHERE backfill_id = ? AND fence = ?)";
    @Nullable Object[] parameters = new @Nullable Object[16];
    parameters[0] = outcome;
    parameters[1] = error;
    for (int i = 2; i < parameters.length; i += 2) {
      parameters[i] = id;
      parameters[i + 1] = fence;
    }
    update(
        connection,
        "UPDATE {sync_logs} SET status = ?, completed_at = {now}, error_message = ?,"
            + " records_processed = "
            + sum.formatted("item_count + quarantined_count")
            + ", records_inserted = "
            + sum.formatted("inserted_count")
            + ", records_updated = "
            + sum.formatted("updated_count")
            + ", records_failed = "
            + sum.formatted("quarantined_count")
            + ", github_api_calls_used = "
            + sum.formatted("quota_spent")
            + ", rate_limit_remaining = (SELECT quota_remaining FROM {backfill_chunks}"
            + " WHERE backfill_id = ? AND fence = ? AND quota_remaining IS NOT NULL"
            + " ORDER BY chunk_number DESC LIMIT 1)"
            + " WHERE backfill_id = ? AND fence = ? AND status = 'running'",
        parameters);
  }

  private int update(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    return Statements.update(connection, tables.sql(sql), parameters);
  }

  private static long one(int rows) {
    if (rows != 1) {
      throw new IllegalStateException("the lease is lost: " + rows + " rows");
    }
    return rows;
  }

  private long run(Work work) throws SQLException {
    try (Connection connection = database.getConnection()) {
      connection.setAutoCommit(false);
      try {
        long result = work.run(connection);
        connection.commit();
        connection.setAutoCommit(true);
        return result;
      } catch (SQLException | RuntimeException e) {
        // A pool may have closed a connection whose plans are out of date.
        if (!connection.isClosed()) {
          connection.rollback();
          connection.setAutoCommit(true);
        }
        throw e;
      }
    }
  }

  @FunctionalInterface
  private interface Work {
    long run(Connection connection) throws SQLException;
  }
}
