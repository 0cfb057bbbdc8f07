-- The basis of a chunk's size, as its policy wrote it; null if it wrote nothing.

ALTER TABLE {backfill_chunks} {add_column} size_basis {text};
