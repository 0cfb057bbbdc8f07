-- Where a verification goes on, and who changed a backfill's status when and why.

ALTER TABLE ${prefix}backfill_progress ADD COLUMN verify_cursor text;

CREATE TABLE IF NOT EXISTS ${prefix}backfill_transitions (
  id integer PRIMARY KEY AUTOINCREMENT,
  backfill_id bigint NOT NULL REFERENCES ${prefix}backfill_progress (id),
  from_status text NOT NULL,
  to_status text NOT NULL,
  cause text NOT NULL,
  actor text NOT NULL,
  reason text,
  fence bigint NOT NULL,
  occurred_at text NOT NULL
);

CREATE INDEX IF NOT EXISTS ${prefix}backfill_transitions_by_backfill
  ON ${prefix}backfill_transitions (backfill_id, id);

-- The oldest version whose nodes work with this one; versions before this one did not say.
ALTER TABLE ${prefix}backfill_schema_version ADD COLUMN compatible_from integer;
