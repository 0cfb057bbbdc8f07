-- Settings and rights of all functions above, and the table of uploads.
DO $access$
DECLARE
  names text[] := ${functions};
  home text := coalesce(nullif(rtrim('${schema}', '.'), ''), current_schema());
  each_function record;
  roles boolean := (SELECT count(*) = 3 FROM pg_catalog.pg_roles
    WHERE rolname IN ('anon', 'authenticated', 'service_role'));
BEGIN
  IF roles THEN
    -- Parts of chunks that are too large for one request, until their commit.
    CREATE TABLE IF NOT EXISTS ${schema}${prefix}backfill_uploads (
      attempt_id uuid NOT NULL,
      part integer NOT NULL,
      content jsonb NOT NULL,
      uploaded_at timestamptz NOT NULL,
      PRIMARY KEY (attempt_id, part));
    ALTER TABLE ${schema}${prefix}backfill_uploads ENABLE ROW LEVEL SECURITY;
    REVOKE ALL ON ${schema}${prefix}backfill_uploads FROM PUBLIC;
    REVOKE ALL ON ${schema}${prefix}backfill_uploads FROM anon, authenticated, service_role;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}${prefix}backfill_uploads TO service_role;
    DROP POLICY IF EXISTS backfill_manage ON ${schema}${prefix}backfill_uploads;
    CREATE POLICY backfill_manage ON ${schema}${prefix}backfill_uploads
      FOR ALL TO service_role USING (TRUE) WITH CHECK (TRUE);
  END IF;
  FOR each_function IN
    SELECT p.oid::regprocedure::text AS signature,
      p.prorettype = 'jsonb'::regtype AND p.pronargs = 1
        AND p.proargtypes[0] = 'jsonb'::regtype AS called
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = home
      AND p.proname = ANY (SELECT '${prefix}' || each_name FROM unnest(names) each_name)
  LOOP
    IF each_function.called THEN
      EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp',
        each_function.signature, home);
      -- PostgREST applies both of them to the transaction of a call.
      EXECUTE format('ALTER FUNCTION %s SET statement_timeout = ''30s''', each_function.signature);
      EXECUTE format('ALTER FUNCTION %s SET default_transaction_isolation = ''read committed''',
        each_function.signature);
    END IF;
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', each_function.signature);
    IF roles THEN
      EXECUTE format('REVOKE ALL ON FUNCTION %s FROM anon, authenticated', each_function.signature);
      EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO service_role', each_function.signature);
    END IF;
  END LOOP;
END
$access$
