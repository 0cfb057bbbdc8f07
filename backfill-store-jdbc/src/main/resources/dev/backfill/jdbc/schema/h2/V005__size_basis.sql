-- What a chunk's size was worked out from, as its policy wrote it; null where it wrote nothing.

ALTER TABLE ${schema}${prefix}backfill_chunks ADD COLUMN IF NOT EXISTS size_basis varchar;
