-- A source's remark on the last completion, such as "GitHub has pull requests switched off"; null without one.

ALTER TABLE ${prefix}backfill_progress ADD COLUMN note text;
-- A job is saved before its request is made: the request without an answer, null once it has one.

ALTER TABLE ${prefix}backfill_jobs ADD COLUMN unanswered_id text;

-- Limits that processes share, for each principal (a hash, never a token) and resource.

CREATE TABLE IF NOT EXISTS ${prefix}backfill_limits (
  principal text NOT NULL,
  resource text NOT NULL,
  blocked_until text NOT NULL,
  reason text NOT NULL,
  refusals integer NOT NULL,
  points_per_minute integer,
  serial_until text NOT NULL,
  updated_at text NOT NULL,
  PRIMARY KEY (principal, resource)
);
