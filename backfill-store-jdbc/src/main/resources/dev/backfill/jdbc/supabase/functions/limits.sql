-- Limits that processes share, by the database's clock.

-- The stored limits of some principals, with the time of the reading, from which the caller
-- computes the durations that are left.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_limit_list(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
DECLARE
  wanted text[];
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  wanted := ARRAY(SELECT jsonb_array_elements_text(request -> 'principals'));
  RETURN jsonb_build_object('v', 1, 'limits', (
    SELECT coalesce(
      jsonb_agg(
        jsonb_build_object(
          'principal', l.principal,
          'resource', l.resource,
          'blockedUntil', ${prefix}backfill_rpc_time(l.blocked_until),
          'reason', l.reason,
          'refusals', l.refusals,
          'pointsPerMinute', l.points_per_minute,
          'serialUntil', ${prefix}backfill_rpc_time(l.serial_until),
          'updatedAt', ${prefix}backfill_rpc_time(l.updated_at),
          'readAt', ${prefix}backfill_rpc_time(clock_timestamp()))),
      '[]')
    FROM ${prefix}backfill_limits l WHERE l.principal = ANY (wanted)));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Stores a limit. A value counts only if it was stored within two hours, and not later than now: a
-- minute is for the wait of a statement.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_limit_record(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  blocked interval;
  serial interval;
  refused integer;
  points integer;
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  blocked := (request ->> 'blockedMillis')::bigint * interval '1 millisecond';
  serial := (request ->> 'oneByOneMillis')::bigint * interval '1 millisecond';
  refused := (request ->> 'refusals')::integer;
  points := (request ->> 'pointsPerMinute')::integer;
  -- New rows come from new principals, such as tokens of one hour; old rows are deleted with them.
  IF NOT EXISTS (
      SELECT 1 FROM ${prefix}backfill_limits
      WHERE principal = request ->> 'principal' AND resource = request ->> 'resource') THEN
    DELETE FROM ${prefix}backfill_limits WHERE updated_at <= clock_timestamp() - interval '2 hours';
  END IF;
  INSERT INTO ${prefix}backfill_limits AS stored (principal, resource, blocked_until, reason,
    refusals, points_per_minute, serial_until, updated_at)
  VALUES (request ->> 'principal', request ->> 'resource', clock_timestamp() + blocked,
    request ->> 'reason', refused, points, clock_timestamp() + serial, clock_timestamp())
  ON CONFLICT (principal, resource) DO UPDATE SET
    refusals = CASE
      WHEN stored.blocked_until > clock_timestamp() AND stored.refusals > refused
        AND stored.updated_at > clock_timestamp() - interval '2 hours'
        AND stored.updated_at <= clock_timestamp() + interval '1 minute'
      THEN stored.refusals ELSE refused END,
    blocked_until = CASE
      WHEN stored.blocked_until > clock_timestamp() + blocked
        AND stored.updated_at > clock_timestamp() - interval '2 hours'
        AND stored.updated_at <= clock_timestamp() + interval '1 minute'
      THEN stored.blocked_until ELSE clock_timestamp() + blocked END,
    points_per_minute = CASE
      WHEN points IS NULL
        AND stored.updated_at > clock_timestamp() - interval '2 hours'
        AND stored.updated_at <= clock_timestamp() + interval '1 minute'
      THEN stored.points_per_minute ELSE points END,
    serial_until = CASE
      WHEN stored.serial_until > clock_timestamp() + serial
        AND stored.updated_at > clock_timestamp() - interval '2 hours'
        AND stored.updated_at <= clock_timestamp() + interval '1 minute'
      THEN stored.serial_until ELSE clock_timestamp() + serial END,
    reason = excluded.reason,
    updated_at = clock_timestamp();
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_limit_recover(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  UPDATE ${prefix}backfill_limits SET refusals = 0
  WHERE principal = request ->> 'principal' AND resource = request ->> 'resource' AND refusals > 0;
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;
