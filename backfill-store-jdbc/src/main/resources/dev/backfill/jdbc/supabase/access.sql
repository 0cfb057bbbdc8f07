-- Access rules. Without Supabase's roles they change nothing.
-- The service role reads and writes everything. Signed-in users read progress and history, but no
-- table that may contain payloads, error texts or users' names (quarantine, logs, transitions).
-- Other roles read nothing. A table that is not in "readable" stays with the service role.
DO $access$
DECLARE
  tables text[] := ${tables};
  views text[] := ${views};
  readable text[] := ${readable};
  each_name text;
  full_name text;
BEGIN
  IF (SELECT count(*) FROM pg_catalog.pg_roles
      WHERE rolname IN ('anon', 'authenticated', 'service_role')) < 3 THEN
    RETURN;
  END IF;
  IF '${schema}' <> '' THEN
    EXECUTE 'GRANT USAGE ON SCHEMA ' || rtrim('${schema}', '.') || ' TO authenticated, service_role';
  END IF;
  FOREACH each_name IN ARRAY tables LOOP
    full_name := '${schema}${prefix}' || each_name;
    EXECUTE 'ALTER TABLE ' || full_name || ' ENABLE ROW LEVEL SECURITY';
    EXECUTE 'DROP POLICY IF EXISTS backfill_manage ON ' || full_name;
    EXECUTE 'CREATE POLICY backfill_manage ON ' || full_name
      || ' FOR ALL TO service_role USING (true) WITH CHECK (true)';
    EXECUTE 'DROP POLICY IF EXISTS backfill_read ON ' || full_name;
    IF each_name = ANY (readable) THEN
      EXECUTE 'CREATE POLICY backfill_read ON ' || full_name
        || ' FOR SELECT TO authenticated USING (true)';
    END IF;
  END LOOP;
  FOREACH each_name IN ARRAY tables || views LOOP
    full_name := '${schema}${prefix}' || each_name;
    -- A project's default privileges grant all of them every right, including TRUNCATE.
    EXECUTE 'REVOKE ALL ON ' || full_name || ' FROM PUBLIC, anon, authenticated, service_role';
    EXECUTE 'GRANT SELECT, INSERT, UPDATE, DELETE ON ' || full_name || ' TO service_role';
    IF each_name = ANY (readable) THEN
      EXECUTE 'GRANT SELECT ON ' || full_name || ' TO authenticated';
    END IF;
  END LOOP;
  -- A view runs with its owner's rights, unless security_invoker is set.
  IF current_setting('server_version_num')::integer >= 150000 THEN
    FOREACH each_name IN ARRAY views LOOP
      EXECUTE 'ALTER VIEW ${schema}${prefix}' || each_name || ' SET (security_invoker = true)';
    END LOOP;
  END IF;
END
$access$
