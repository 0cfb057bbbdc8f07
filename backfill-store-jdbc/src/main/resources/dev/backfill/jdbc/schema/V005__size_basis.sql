-- What a chunk's size was worked out from, as its policy wrote it; null where it wrote nothing.

ALTER TABLE {backfill_chunks} {add_column} size_basis {text};
