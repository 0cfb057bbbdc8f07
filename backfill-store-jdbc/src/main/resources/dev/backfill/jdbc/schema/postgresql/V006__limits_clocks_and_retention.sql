-- A source's remark on the last completion, such as "GitHub has pull requests switched off"; null without one.

ALTER TABLE ${schema}${prefix}backfill_progress ADD COLUMN IF NOT EXISTS note text;
