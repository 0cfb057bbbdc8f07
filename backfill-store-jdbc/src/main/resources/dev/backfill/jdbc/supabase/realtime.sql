-- Browsers follow the progress through Realtime, with the read rights of their users.
DO $realtime$
BEGIN
  IF EXISTS (
        SELECT 1 FROM pg_catalog.pg_publication
        WHERE pubname = 'supabase_realtime' AND NOT puballtables)
      AND NOT EXISTS (
        SELECT 1 FROM pg_catalog.pg_publication_rel r
        JOIN pg_catalog.pg_publication p ON p.oid = r.prpubid
        WHERE p.pubname = 'supabase_realtime'
          AND r.prrelid = '${schema}${prefix}backfill_progress'::regclass) THEN
    ALTER PUBLICATION supabase_realtime ADD TABLE ${schema}${prefix}backfill_progress;
  END IF;
END
$realtime$
