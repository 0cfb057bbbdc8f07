-- What a chunk's size was worked out from, as its policy wrote it; null where it wrote nothing.

ALTER TABLE ${prefix}backfill_chunks ADD COLUMN size_basis text;
