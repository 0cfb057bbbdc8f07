-- The cursor of a verification; transitions of a backfill's status, with actor, time and reason.

ALTER TABLE {backfill_progress} {add_column} verify_cursor {text};

CREATE TABLE IF NOT EXISTS {backfill_transitions} (
  id {identity},
  backfill_id bigint NOT NULL REFERENCES {backfill_progress} (id),
  from_status {text} NOT NULL,
  to_status {text} NOT NULL,
  cause {text} NOT NULL,
  actor {text} NOT NULL,
  reason {text},
  fence bigint NOT NULL,
  occurred_at {timestamp} NOT NULL
);

CREATE INDEX IF NOT EXISTS {prefix}backfill_transitions_by_backfill
  ON {backfill_transitions} (backfill_id, id);

-- The oldest version whose nodes work with this one; earlier versions have no such value.
ALTER TABLE {backfill_schema_version}
  {add_column} compatible_from integer;
