-- The source's note on the last completion, such as "GitHub has pull requests switched off"; null without one.

ALTER TABLE {backfill_progress} {add_column} note {text};
-- A job is saved before its request is sent: the request without an answer, null once it has one.

ALTER TABLE {backfill_jobs} {add_column} unanswered_id {text};

-- Limits that processes share, for each principal (a hash, never a token) and resource.

CREATE TABLE IF NOT EXISTS {backfill_limits} (
  principal {text} NOT NULL,
  resource {text} NOT NULL,
  blocked_until {timestamp} NOT NULL,
  reason {text} NOT NULL,
  refusals integer NOT NULL,
  points_per_minute integer,
  serial_until {timestamp} NOT NULL,
  updated_at {timestamp} NOT NULL,
  PRIMARY KEY (principal, resource)
);
-- Indexes for the queries of each look in the log of runs and in events, so that none reads a whole table.

CREATE INDEX IF NOT EXISTS {prefix}backfill_jobs_by_due
  ON {backfill_jobs} (due_at);

CREATE INDEX IF NOT EXISTS {prefix}backfill_jobs_by_state
  ON {backfill_jobs} (state, dispatched_at);

CREATE INDEX IF NOT EXISTS {prefix}backfill_progress_by_wait
  ON {backfill_progress} (wait_until);

CREATE INDEX IF NOT EXISTS {prefix}backfill_progress_by_target
  ON {backfill_progress} (target, source);

CREATE INDEX IF NOT EXISTS {prefix}backfill_job_events_by_kind
  ON {backfill_job_events} (destination, kind, id);

CREATE INDEX IF NOT EXISTS {prefix}backfill_job_events_by_moment
  ON {backfill_job_events} (occurred_at, destination, kind);

CREATE INDEX IF NOT EXISTS {prefix}backfill_transitions_by_moment
  ON {backfill_transitions} (occurred_at);

CREATE INDEX IF NOT EXISTS {prefix}sync_logs_by_start
  ON {sync_logs} (started_at);
-- The last start of regular upkeep, so that one process at a time does it.

CREATE TABLE IF NOT EXISTS {backfill_upkeep} (
  name {text} PRIMARY KEY,
  begun_at {timestamp} NOT NULL
);
-- The duration for which the lease was granted: a wrong clock wrote a lease that ends later.

ALTER TABLE {backfill_progress} {add_column} lease_millis {long};

-- The backfills that one failure affects; it is over when the last of them has recovered.

CREATE TABLE IF NOT EXISTS {backfill_failure_members} (
  fingerprint {text} NOT NULL,
  source {text} NOT NULL,
  target {text} NOT NULL,
  last_at {timestamp} NOT NULL,
  recovered_at {timestamp},
  PRIMARY KEY (fingerprint, source, target)
);
