-- The functions that the store over REST calls, one for each call of the library, beside helpers.
--
-- Each has one argument, "request jsonb", and returns jsonb; both contain "v", the version. A call
-- is one transaction. A refusal is an error whose SQLSTATE begins with PT and contains the HTTP
-- status. Its message is a code such as LEASE_LOST, and its detail is JSON.
--
-- A body names tables by their prefix alone: access.sql sets the search path, the time-out and
-- the rights of all functions of these files, found by their headers.

-- Refuses a request of another version. Every function begins with it.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_check(request jsonb)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  IF (request -> 'v') IS DISTINCT FROM '1'::jsonb THEN
    RAISE EXCEPTION USING ERRCODE = 'PT412', MESSAGE = 'UNKNOWN_VERSION',
      DETAIL = jsonb_build_object('v', request -> 'v', 'known', 1)::text;
  END IF;
END
$function$;

-- Refuses a call: a status such as PT409, a code of the library, and facts for its message.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_refuse(status text, code text, facts jsonb)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  RAISE EXCEPTION USING ERRCODE = status, MESSAGE = code,
    DETAIL = coalesce(facts, '{}'::jsonb)::text;
END
$function$;

-- Ends a call that lost against another transaction. PostgREST repeats states 40001 and 40P01 by
-- itself, in some releases for ever, so that neither may leave a function.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_again(reason text)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  RAISE EXCEPTION USING ERRCODE = 'PT503', MESSAGE = reason;
END
$function$;

-- A time as text, with microseconds, in UTC.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_time(moment timestamptz)
RETURNS text LANGUAGE sql STABLE AS $function$
  SELECT to_char(moment AT TIME ZONE 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$function$;

-- The database's clock.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_current_time(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'time', ${prefix}backfill_rpc_time(clock_timestamp()));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;
