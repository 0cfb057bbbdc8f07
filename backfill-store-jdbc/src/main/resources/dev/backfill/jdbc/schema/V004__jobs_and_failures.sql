-- Jobs, their events, suspensions, and failures with their reported issues.

CREATE TABLE IF NOT EXISTS {backfill_jobs} (
  backfill_id bigint PRIMARY KEY REFERENCES {backfill_progress} (id),
  state {text} NOT NULL,
  priority {text} NOT NULL,
  trigger_reason {text} NOT NULL,
  queued_at {timestamp} NOT NULL,
  due_at {timestamp},
  turn_order_at {timestamp} NOT NULL,
  attempts integer NOT NULL,
  slices bigint NOT NULL,
  destination {text},
  route_reason {text},
  fallback boolean,
  correlation_id {text},
  dispatched_at {timestamp},
  run_name {text},
  run_url {text},
  claimed_at {timestamp},
  version bigint NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}backfill_jobs_by_turn
  ON {backfill_jobs} (turn_order_at);

CREATE TABLE IF NOT EXISTS {backfill_job_events} (
  id {identity},
  backfill_id bigint NOT NULL REFERENCES {backfill_progress} (id),
  kind {text} NOT NULL,
  destination {text},
  reason {text} NOT NULL,
  occurred_at {timestamp} NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}backfill_job_events_by_backfill
  ON {backfill_job_events} (backfill_id, id);

CREATE INDEX IF NOT EXISTS {prefix}backfill_job_events_by_destination
  ON {backfill_job_events} (destination, id);

CREATE TABLE IF NOT EXISTS {backfill_suspensions} (
  subject {text} PRIMARY KEY,
  reason {text} NOT NULL,
  actor {text} NOT NULL,
  since_at {timestamp} NOT NULL,
  until_at {timestamp},
  times integer NOT NULL
);

CREATE TABLE IF NOT EXISTS {backfill_failures} (
  fingerprint {text} PRIMARY KEY,
  source {text} NOT NULL,
  target {text} NOT NULL,
  failure_count bigint NOT NULL,
  first_at {timestamp} NOT NULL,
  last_at {timestamp} NOT NULL,
  recovered_at {timestamp},
  issue_number bigint,
  issue_url {text},
  issue_open boolean,
  told_count bigint,
  commented_at {timestamp},
  claimed_by {text},
  claimed_until {timestamp}
);

CREATE INDEX IF NOT EXISTS {prefix}backfill_failures_by_backfill
  ON {backfill_failures} (target, source);
