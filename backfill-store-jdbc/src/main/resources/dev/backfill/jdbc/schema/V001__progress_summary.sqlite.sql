-- The progress of each backfill, in words and figures for users and dashboards, with the functions of SQLite.

CREATE VIEW IF NOT EXISTS {backfill_progress_summary} AS
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
   FROM {backfill_chunks} c
   WHERE c.backfill_id = p.id AND c.chunk_number >= p.next_chunk_number - 20)
    AS items_per_second,
  p.wait_until,
  p.wait_reason,
  p.last_error,
  p.lease_owner,
  p.updated_at
FROM {backfill_progress} p;
