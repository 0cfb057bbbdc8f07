-- Progress, chunks, quarantine and the log of runs.
-- ${prefix} may be empty. Moments are texts such as 2024-02-29T12:00:00.000000Z.

CREATE TABLE IF NOT EXISTS ${prefix}backfill_progress (
  id integer PRIMARY KEY AUTOINCREMENT,
  source text NOT NULL,
  target text NOT NULL,
  status text NOT NULL,
  phase text NOT NULL,
  resume_cursor text,
  total_items bigint,
  total_kind text NOT NULL,
  processed_items bigint NOT NULL,
  quarantined_items bigint NOT NULL,
  chunk_size integer NOT NULL,
  next_chunk_number bigint NOT NULL,
  fence bigint NOT NULL,
  lease_owner text,
  lease_expires_at text,
  wait_until text,
  wait_reason text,
  consecutive_failures integer NOT NULL,
  last_error text,
  executor text,
  trigger_reason text NOT NULL,
  created_at text NOT NULL,
  started_at text,
  updated_at text NOT NULL,
  completed_at text,
  UNIQUE (source, target)
);

CREATE TABLE IF NOT EXISTS ${prefix}backfill_chunks (
  backfill_id bigint NOT NULL REFERENCES ${prefix}backfill_progress (id),
  chunk_number bigint NOT NULL,
  attempt_id text NOT NULL,
  item_count integer NOT NULL,
  inserted_count integer NOT NULL,
  updated_count integer NOT NULL,
  quarantined_count integer NOT NULL,
  cursor_before text NOT NULL,
  cursor_after text NOT NULL,
  chunk_size integer NOT NULL,
  size_reason text NOT NULL,
  quota_spent bigint NOT NULL,
  quota_remaining bigint,
  active_ms bigint NOT NULL,
  worker text NOT NULL,
  fence bigint NOT NULL,
  started_at text NOT NULL,
  committed_at text NOT NULL,
  PRIMARY KEY (backfill_id, chunk_number)
);

CREATE INDEX IF NOT EXISTS ${prefix}backfill_chunks_by_fence
  ON ${prefix}backfill_chunks (backfill_id, fence);

CREATE TABLE IF NOT EXISTS ${prefix}backfill_quarantine (
  backfill_id bigint NOT NULL REFERENCES ${prefix}backfill_progress (id),
  item_key text NOT NULL,
  error text NOT NULL,
  attempts integer NOT NULL,
  payload text NOT NULL,
  first_seen_at text NOT NULL,
  last_seen_at text NOT NULL,
  PRIMARY KEY (backfill_id, item_key)
);

CREATE TABLE IF NOT EXISTS ${prefix}sync_logs (
  id integer PRIMARY KEY AUTOINCREMENT,
  sync_type text NOT NULL,
  target text NOT NULL,
  backfill_id bigint REFERENCES ${prefix}backfill_progress (id),
  fence bigint,
  status text NOT NULL,
  started_at text NOT NULL,
  completed_at text,
  records_processed bigint NOT NULL DEFAULT 0,
  records_inserted bigint NOT NULL DEFAULT 0,
  records_updated bigint NOT NULL DEFAULT 0,
  records_failed bigint NOT NULL DEFAULT 0,
  error_message text,
  github_api_calls_used bigint NOT NULL DEFAULT 0,
  rate_limit_remaining bigint,
  metadata text
);

CREATE INDEX IF NOT EXISTS ${prefix}sync_logs_by_fence
  ON ${prefix}sync_logs (backfill_id, fence);

CREATE VIEW IF NOT EXISTS ${prefix}backfill_progress_summary AS
SELECT
  p.id,
  p.source,
  p.target,
  p.status,
  p.total_items,
  p.processed_items,
  p.quarantined_items,
  CASE
    WHEN p.status = 'completed' THEN 100.0
    WHEN p.total_items > 0
      THEN MIN(99.9, (1000 * p.processed_items / p.total_items) / 10.0)
  END AS percent,
  p.next_chunk_number - 1 AS chunks,
  (SELECT
     ROUND(1000.0 * SUM(c.item_count + c.quarantined_count) / NULLIF(SUM(c.active_ms), 0), 1)
   FROM ${prefix}backfill_chunks c
   WHERE c.backfill_id = p.id AND c.chunk_number >= p.next_chunk_number - 20)
    AS items_per_second,
  p.wait_until,
  p.wait_reason,
  p.last_error,
  p.lease_owner,
  p.updated_at
FROM ${prefix}backfill_progress p;
