-- Progress, chunks, quarantine and the log of runs.

CREATE TABLE IF NOT EXISTS {backfill_progress} (
  id {identity},
  source {text} NOT NULL,
  target {text} NOT NULL,
  status {text} NOT NULL,
  phase {text} NOT NULL,
  resume_cursor {text},
  total_items bigint,
  total_kind {text} NOT NULL,
  processed_items bigint NOT NULL,
  quarantined_items bigint NOT NULL,
  chunk_size integer NOT NULL,
  next_chunk_number bigint NOT NULL,
  fence bigint NOT NULL,
  lease_owner {text},
  lease_expires_at {timestamp},
  wait_until {timestamp},
  wait_reason {text},
  consecutive_failures integer NOT NULL,
  last_error {text},
  executor {text},
  trigger_reason {text} NOT NULL,
  created_at {timestamp} NOT NULL,
  started_at {timestamp},
  updated_at {timestamp} NOT NULL,
  completed_at {timestamp},
  UNIQUE (source, target)
);

CREATE TABLE IF NOT EXISTS {backfill_chunks} (
  backfill_id bigint NOT NULL REFERENCES {backfill_progress} (id),
  chunk_number bigint NOT NULL,
  attempt_id {uuid} NOT NULL,
  item_count integer NOT NULL,
  inserted_count integer NOT NULL,
  updated_count integer NOT NULL,
  quarantined_count integer NOT NULL,
  cursor_before {text} NOT NULL,
  cursor_after {text} NOT NULL,
  chunk_size integer NOT NULL,
  size_reason {text} NOT NULL,
  quota_spent bigint NOT NULL,
  quota_remaining bigint,
  active_ms bigint NOT NULL,
  worker {text} NOT NULL,
  fence bigint NOT NULL,
  started_at {timestamp} NOT NULL,
  committed_at {timestamp} NOT NULL,
  PRIMARY KEY (backfill_id, chunk_number)
);

CREATE INDEX IF NOT EXISTS {prefix}backfill_chunks_by_fence
  ON {backfill_chunks} (backfill_id, fence);

CREATE TABLE IF NOT EXISTS {backfill_quarantine} (
  backfill_id bigint NOT NULL REFERENCES {backfill_progress} (id),
  item_key {text} NOT NULL,
  error {text} NOT NULL,
  attempts integer NOT NULL,
  payload {text} NOT NULL,
  first_seen_at {timestamp} NOT NULL,
  last_seen_at {timestamp} NOT NULL,
  PRIMARY KEY (backfill_id, item_key)
);

CREATE TABLE IF NOT EXISTS {sync_logs} (
  id {identity},
  sync_type {text} NOT NULL,
  target {text} NOT NULL,
  backfill_id bigint REFERENCES {backfill_progress} (id),
  fence bigint,
  status {text} NOT NULL,
  started_at {timestamp} NOT NULL,
  completed_at {timestamp},
  records_processed bigint NOT NULL DEFAULT 0,
  records_inserted bigint NOT NULL DEFAULT 0,
  records_updated bigint NOT NULL DEFAULT 0,
  records_failed bigint NOT NULL DEFAULT 0,
  error_message {text},
  github_api_calls_used bigint NOT NULL DEFAULT 0,
  rate_limit_remaining bigint,
  metadata {text}
);

CREATE INDEX IF NOT EXISTS {prefix}sync_logs_by_fence
  ON {sync_logs} (backfill_id, fence);
