-- Row-level security. The owner of the tables, which the store connects as, is not subject to it.

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['backfill_schema_version', 'backfill_progress', 'backfill_chunks',
    'backfill_quarantine', 'backfill_transitions', 'sync_logs', 'repositories', 'accounts',
    'pull_requests', 'pull_request_reviews', 'review_comments', 'issue_comments']
  LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
      EXECUTE format('REVOKE ALL ON public.%I FROM anon', name);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
      EXECUTE format('GRANT ALL ON public.%I TO service_role', name);
      EXECUTE format('DROP POLICY IF EXISTS backfill_service ON public.%I', name);
      EXECUTE format(
        'CREATE POLICY backfill_service ON public.%I TO service_role USING (true) WITH CHECK (true)', name);
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
      EXECUTE format('REVOKE ALL ON public.%I FROM authenticated', name);
      -- Errors and refused items may quote what a user must not see.
      IF name NOT IN ('backfill_schema_version', 'backfill_quarantine', 'backfill_transitions', 'sync_logs') THEN
        EXECUTE format('GRANT SELECT ON public.%I TO authenticated', name);
        EXECUTE format('DROP POLICY IF EXISTS backfill_read ON public.%I', name);
        EXECUTE format('CREATE POLICY backfill_read ON public.%I FOR SELECT TO authenticated USING (true)', name);
      END IF;
    END IF;
  END LOOP;

  -- The view shows what its reader may see, and not what its owner may.
  IF current_setting('server_version_num')::int >= 150000 THEN
    ALTER VIEW public.backfill_progress_summary SET (security_invoker = true);
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anon') THEN
    REVOKE ALL ON public.backfill_progress_summary FROM anon;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'authenticated') THEN
    REVOKE ALL ON public.backfill_progress_summary FROM authenticated;
    GRANT SELECT ON public.backfill_progress_summary TO authenticated;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'service_role') THEN
    GRANT SELECT ON public.backfill_progress_summary TO service_role;
  END IF;
END
$$;

-- Progress goes to whoever subscribes to it.

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_publication WHERE pubname = 'supabase_realtime')
    AND NOT EXISTS (
      SELECT FROM pg_publication_tables
      WHERE pubname = 'supabase_realtime' AND schemaname = 'public' AND tablename = 'backfill_progress')
  THEN
    ALTER PUBLICATION supabase_realtime ADD TABLE public.backfill_progress;
  END IF;
END
$$;
