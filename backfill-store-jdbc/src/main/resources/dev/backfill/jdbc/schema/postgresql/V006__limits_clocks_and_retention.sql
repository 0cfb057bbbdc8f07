-- A source's remark on the last completion, such as "GitHub has pull requests switched off"; null without one.

ALTER TABLE ${schema}${prefix}backfill_progress ADD COLUMN IF NOT EXISTS note text;
-- A job is saved before its request is made: the request without an answer, null once it has one.

ALTER TABLE ${schema}${prefix}backfill_jobs ADD COLUMN IF NOT EXISTS unanswered_id text;
