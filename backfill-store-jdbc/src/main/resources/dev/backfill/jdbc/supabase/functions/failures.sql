-- Failures, the backfills that they affect, and their reported issues.

-- A failure as an answer contains it.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_json(
  failure ${schema}${prefix}backfill_failures)
RETURNS jsonb LANGUAGE sql STABLE AS $function$
  SELECT jsonb_build_object(
    'fingerprint', failure.fingerprint,
    'source', failure.source,
    'target', failure.target,
    'count', failure.failure_count,
    'firstAt', ${schema}${prefix}backfill_rpc_time(failure.first_at),
    'lastAt', ${schema}${prefix}backfill_rpc_time(failure.last_at),
    'recoveredAt', ${schema}${prefix}backfill_rpc_time(failure.recovered_at),
    'issue', failure.issue_number,
    'url', failure.issue_url,
    'open', failure.issue_open,
    'reportedCount', failure.told_count,
    'commentedAt', ${schema}${prefix}backfill_rpc_time(failure.commented_at))
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_record(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  moment timestamptz;
  failure ${schema}${prefix}backfill_failures;
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  moment := (request ->> 'at')::timestamptz;
  INSERT INTO ${prefix}backfill_failures AS stored (fingerprint, source, target, failure_count,
    first_at, last_at)
  VALUES (request ->> 'fingerprint', request ->> 'source', request ->> 'target', 1, moment, moment)
  ON CONFLICT (fingerprint) DO UPDATE SET
    source = excluded.source,
    target = excluded.target,
    failure_count = CASE WHEN stored.recovered_at IS NULL THEN stored.failure_count + 1 ELSE 1 END,
    first_at = CASE WHEN stored.recovered_at IS NULL THEN stored.first_at ELSE moment END,
    last_at = moment,
    recovered_at = NULL
  RETURNING stored.* INTO failure;
  INSERT INTO ${prefix}backfill_failure_members (fingerprint, source, target, last_at)
  VALUES (request ->> 'fingerprint', request ->> 'source', request ->> 'target', moment)
  ON CONFLICT (fingerprint, source, target) DO UPDATE SET
    last_at = excluded.last_at,
    recovered_at = NULL;
  RETURN jsonb_build_object('v', 1, 'failure', ${prefix}backfill_failure_json(failure));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Records the recovery of a backfill; answers with its failures that affect no other backfill.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_recover(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  moment timestamptz;
  its text;
  failure ${schema}${prefix}backfill_failures;
  ended jsonb := '[]';
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  moment := (request ->> 'at')::timestamptz;
  -- An older node names the backfill in the failure alone.
  FOR its IN
    SELECT f.fingerprint FROM ${prefix}backfill_failures f
    WHERE (f.recovered_at IS NULL OR f.issue_open)
      AND (f.target = request ->> 'target' AND f.source = request ->> 'source'
        OR EXISTS (
          SELECT 1 FROM ${prefix}backfill_failure_members m
          WHERE m.fingerprint = f.fingerprint
            AND m.target = request ->> 'target' AND m.source = request ->> 'source'))
    ORDER BY f.fingerprint
  LOOP
    -- Locks the failure against new records during the check that it is over.
    PERFORM 1 FROM ${prefix}backfill_failures WHERE fingerprint = its FOR UPDATE;
    UPDATE ${prefix}backfill_failure_members SET recovered_at = moment
    WHERE fingerprint = its AND source = request ->> 'source' AND target = request ->> 'target'
      AND recovered_at IS NULL;
    CONTINUE WHEN EXISTS (
      SELECT 1 FROM ${prefix}backfill_failure_members
      WHERE fingerprint = its AND recovered_at IS NULL);
    UPDATE ${prefix}backfill_failures SET recovered_at = moment
    WHERE fingerprint = its AND recovered_at IS NULL;
    SELECT * INTO failure FROM ${prefix}backfill_failures WHERE fingerprint = its;
    ended := ended || ${prefix}backfill_failure_json(failure);
  END LOOP;
  RETURN jsonb_build_object('v', 1, 'failures', ended);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_affected(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'backfills', (
    SELECT coalesce(
      jsonb_agg(
        jsonb_build_object('source', m.source, 'target', m.target) ORDER BY m.target, m.source),
      '[]')
    FROM ${prefix}backfill_failure_members m
    WHERE m.fingerprint = request ->> 'fingerprint' AND m.recovered_at IS NULL));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_find(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'failure', (
    SELECT ${prefix}backfill_failure_json(f) FROM ${prefix}backfill_failures f
    WHERE f.fingerprint = request ->> 'fingerprint'));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_claim(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  UPDATE ${prefix}backfill_failures SET
    claimed_by = request ->> 'claimId',
    claimed_until =
      clock_timestamp() + (request ->> 'timeToLiveMillis')::bigint * interval '1 millisecond'
  WHERE fingerprint = request ->> 'fingerprint'
    AND (claimed_by IS NULL OR claimed_by = request ->> 'claimId'
      OR claimed_until <= clock_timestamp());
  RETURN jsonb_build_object('v', 1, 'claimed', FOUND);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_report(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  UPDATE ${prefix}backfill_failures SET
    issue_number = (request ->> 'issue')::bigint,
    issue_url = request ->> 'url',
    issue_open = (request ->> 'open')::boolean,
    told_count = (request ->> 'reportedCount')::bigint,
    commented_at = (request ->> 'commentedAt')::timestamptz
  WHERE fingerprint = request ->> 'fingerprint' AND claimed_by = request ->> 'claimId';
  RETURN jsonb_build_object('v', 1, 'recorded', FOUND);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_failure_release(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  UPDATE ${prefix}backfill_failures SET claimed_by = NULL, claimed_until = NULL
  WHERE fingerprint = request ->> 'fingerprint' AND claimed_by = request ->> 'claimId';
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;
