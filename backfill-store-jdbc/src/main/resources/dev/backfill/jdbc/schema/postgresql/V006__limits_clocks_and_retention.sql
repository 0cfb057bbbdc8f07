-- A source's remark on the last completion, such as "GitHub has pull requests switched off"; null without one.

ALTER TABLE ${schema}${prefix}backfill_progress ADD COLUMN IF NOT EXISTS note text;
-- A job is saved before its request is made: the request without an answer, null once it has one.

ALTER TABLE ${schema}${prefix}backfill_jobs ADD COLUMN IF NOT EXISTS unanswered_id text;

-- Limits that processes share, for each principal (a hash, never a token) and resource.

CREATE TABLE IF NOT EXISTS ${schema}${prefix}backfill_limits (
  principal text NOT NULL,
  resource text NOT NULL,
  blocked_until timestamp with time zone NOT NULL,
  reason text NOT NULL,
  refusals integer NOT NULL,
  points_per_minute integer,
  serial_until timestamp with time zone NOT NULL,
  updated_at timestamp with time zone NOT NULL,
  PRIMARY KEY (principal, resource)
);
