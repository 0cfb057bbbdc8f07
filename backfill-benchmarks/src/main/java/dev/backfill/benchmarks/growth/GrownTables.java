package dev.backfill.benchmarks.growth;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * A filler of the tables as years of work leave them.
 *
 * @param jobs the number of jobs and of backfills
 * @param rows the number of pull requests, of job events, of transitions and of runs
 */
record GrownTables(int jobs, int rows) {

  private static final String SOURCE =
      "(ARRAY['github:pull-requests', 'github:review-comments', 'github:issue-comments'])";

  /** A time within 90 days, as retention leaves rows. */
  private static final String MOMENT = "now() - (i * (interval '90 days' / %2$d))";

  void fill(DataSource dataSource) throws SQLException {
    List<String> statements =
        List.of(
            "INSERT INTO backfill_progress (source, target, status, phase, total_kind,"
                + " total_items, processed_items, quarantined_items, chunk_size,"
                + " next_chunk_number, fence, consecutive_failures, trigger_reason, created_at,"
                + " updated_at, completed_at, wait_until, wait_reason)"
                + " SELECT "
                + SOURCE
                + "[1 + i %% 3], 'owner/repository-' || lpad((i / 3)::text, 6, '0'),"
                + " CASE WHEN i %% 50 = 0 THEN 'waiting' WHEN i %% 333 = 0 THEN 'failed'"
                + " ELSE 'completed' END, 'catch_up', 'exact', i, i, 0, 50, 33, 100, 0,"
                + " 'newly tracked', now(), now() - i * interval '1 second', now(),"
                + " CASE WHEN i %% 50 = 0 THEN now() + interval '30 minutes' END, 'quota'"
                + " FROM generate_series(0, %1$d - 1) AS i",
            "INSERT INTO backfill_jobs (backfill_id, state, priority, trigger_reason, queued_at,"
                + " due_at, turn_order_at, attempts, slices, destination, route_reason, fallback,"
                + " version) SELECT id, 'idle', 'scheduled', 'on schedule', now(),"
                + " CASE WHEN id %% 50 = 1 THEN now() - interval '1 minute'"
                + " ELSE now() + id * interval '1 second' END,"
                + " now() - id * interval '1 second', 0, 10, 'local', 'there is no other', FALSE, 1"
                + " FROM backfill_progress",
            "INSERT INTO backfill_chunks (backfill_id, chunk_number, attempt_id, item_count,"
                + " inserted_count, updated_count, quarantined_count, cursor_before, cursor_after,"
                + " chunk_size, size_reason, quota_spent, quota_remaining, active_ms, worker,"
                + " fence, started_at, committed_at)"
                + " SELECT p.id, n, gen_random_uuid(), 50, 50, 0, 0, 'a', 'b', 50, 'largest', 1,"
                + " 4000, 900, 'worker', n, now(), now() - n * interval '1 hour'"
                + " FROM backfill_progress p, generate_series(1, 32) AS n",
            "INSERT INTO backfill_job_events (backfill_id, kind, destination, reason, occurred_at)"
                + " SELECT 1 + i %% %1$d, (ARRAY['triggered', 'completed', 'claimed',"
                + " 'dispatched'])[1 + i %% 4], CASE WHEN i %% 3 = 0 THEN 'github-actions'"
                + " ELSE 'local' END, 'on schedule', "
                + MOMENT
                + " FROM generate_series(%2$d, 1, -1) AS i",
            "INSERT INTO backfill_transitions (backfill_id, from_status, to_status, cause, actor,"
                + " fence, occurred_at) SELECT 1 + i %% %1$d, 'completed', 'running', 'claim',"
                + " 'worker', 7, "
                + MOMENT
                + " FROM generate_series(%2$d, 1, -1) AS i",
            "INSERT INTO sync_logs (sync_type, target, backfill_id, fence, status, started_at,"
                + " completed_at, records_processed, github_api_calls_used, metadata)"
                + " SELECT 'github:pull-requests', 'owner/repository', 1 + i %% %1$d, i,"
                + " 'completed', "
                + MOMENT
                + ", "
                + MOMENT
                + ", 3, 5, '{\"worker\":\"w\"}' FROM generate_series(%2$d, 1, -1) AS i",
            "INSERT INTO pull_requests (repository_id, number, github_id, title, state, draft,"
                + " merged, created_at, updated_at, html_url, head_ref, head_sha, base_ref,"
                + " base_sha) SELECT 1 + i %% 100, i / 100, i, 'A title', 'closed', FALSE, TRUE,"
                + " now(), now(), 'https://example.com', 'a', 'b', 'c', 'd'"
                + " FROM generate_series(1, %2$d) AS i",
            "VACUUM ANALYZE");
    try (Connection connection = dataSource.getConnection();
        Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each.formatted(jobs, rows));
      }
    }
  }
}
