-- Jobs, their events and suspensions.

-- A job as an answer contains it. Most jobs are neither placed nor dispatched, and need no nulls.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_json(
  job ${schema}${prefix}backfill_jobs, source text, target text)
RETURNS jsonb LANGUAGE sql STABLE AS $function$
  SELECT jsonb_strip_nulls(jsonb_build_object(
    'id', job.backfill_id,
    'source', source,
    'target', target,
    'state', job.state,
    'priority', job.priority,
    'reason', job.trigger_reason,
    'queuedAt', ${schema}${prefix}backfill_rpc_time(job.queued_at),
    'dueAt', ${schema}${prefix}backfill_rpc_time(job.due_at),
    'order', ${schema}${prefix}backfill_rpc_time(job.turn_order_at),
    'attempts', job.attempts,
    'slices', job.slices,
    'destination', job.destination,
    'routeReason', job.route_reason,
    'fallback', job.fallback,
    'correlationId', job.correlation_id,
    'dispatchedAt', ${schema}${prefix}backfill_rpc_time(job.dispatched_at),
    'run', job.run_name,
    'url', job.run_url,
    'claimedAt', ${schema}${prefix}backfill_rpc_time(job.claimed_at),
    'unansweredId', job.unanswered_id,
    'version', job.version))
$function$;

-- An event of a job as an answer contains it.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_json(
  event ${schema}${prefix}backfill_job_events)
RETURNS jsonb LANGUAGE sql STABLE AS $function$
  SELECT jsonb_build_object(
    'sequence', event.id,
    'backfill', event.backfill_id,
    'kind', event.kind,
    'destination', event.destination,
    'reason', event.reason,
    'at', ${schema}${prefix}backfill_rpc_time(event.occurred_at))
$function$;

-- Stores the events of a request in their order.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_events_add(events jsonb)
RETURNS void LANGUAGE sql AS $function$
  INSERT INTO ${schema}${prefix}backfill_job_events
    (backfill_id, kind, destination, reason, occurred_at)
  SELECT (event ->> 'backfill')::bigint, event ->> 'kind', event ->> 'destination',
    event ->> 'reason', (event ->> 'at')::timestamptz
  FROM jsonb_array_elements(events) WITH ORDINALITY AS each (event, place)
  ORDER BY place
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_enqueue(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  job jsonb := request -> 'job';
  number bigint;
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  -- A job that exists is found without a write.
  IF EXISTS (
      SELECT 1 FROM ${prefix}backfill_jobs j
      JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
      WHERE p.source = request ->> 'source' AND p.target = request ->> 'target') THEN
    RETURN jsonb_build_object('v', 1, 'created', false);
  END IF;
  number := (${prefix}backfill_register(
    jsonb_build_object('v', 1, 'source', request -> 'source', 'target', request -> 'target',
      'trigger', job -> 'reason')) -> 'backfill' ->> 'id')::bigint;
  INSERT INTO ${prefix}backfill_jobs (backfill_id, state, priority, trigger_reason, queued_at,
    due_at, turn_order_at, attempts, slices, version)
  VALUES (number, job ->> 'state', job ->> 'priority', job ->> 'reason',
    (job ->> 'queuedAt')::timestamptz, (job ->> 'dueAt')::timestamptz,
    (job ->> 'order')::timestamptz, (job ->> 'attempts')::integer, (job ->> 'slices')::bigint, 1)
  ON CONFLICT (backfill_id) DO NOTHING;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('v', 1, 'created', false);
  END IF;
  INSERT INTO ${prefix}backfill_job_events (backfill_id, kind, reason, occurred_at)
  VALUES (number, 'triggered', job ->> 'reason', (job ->> 'queuedAt')::timestamptz);
  RETURN jsonb_build_object('v', 1, 'created', true);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_find(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'job', (
    SELECT ${prefix}backfill_job_json(j, p.source, p.target)
    FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
    WHERE p.source = request ->> 'source' AND p.target = request ->> 'target'));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- All jobs, in no order: the caller sorts them faster than a database does by its collation.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_list(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'jobs', (
    SELECT coalesce(jsonb_agg(${prefix}backfill_job_json(j, p.source, p.target)), '[]')
    FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_due(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
DECLARE
  readable text[];
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  readable := ARRAY(SELECT jsonb_array_elements_text(request -> 'sources'));
  RETURN jsonb_build_object('v', 1, 'jobs', (
    SELECT coalesce(jsonb_agg(job ORDER BY turn_order_at, backfill_id), '[]')
    FROM (
      SELECT ${prefix}backfill_job_json(j, p.source, p.target) AS job, j.turn_order_at,
        j.backfill_id
      FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
      WHERE j.state <> 'dispatched'
        AND p.status NOT IN ('pausing', 'paused', 'cancelling', 'cancelled')
        AND p.source = ANY (readable)
        AND j.due_at <= (request ->> 'now')::timestamptz
        -- A wait counts for two hours only, since a worker's clock may be wrong.
        AND NOT (p.status = 'waiting' AND p.wait_until IS NOT NULL
          AND p.updated_at > clock_timestamp() - interval '2 hours'
          AND p.wait_until > clock_timestamp())
        AND (p.lease_expires_at IS NULL OR p.lease_expires_at <= clock_timestamp()
          OR p.lease_expires_at
            > clock_timestamp() + (p.lease_millis + 300000) * interval '1 millisecond')
      ORDER BY j.turn_order_at, j.backfill_id
      LIMIT (request ->> 'limit')::integer) due));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_due_after(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'jobs', (
    SELECT coalesce(jsonb_agg(job ORDER BY due_at), '[]')
    FROM (
      SELECT ${prefix}backfill_job_json(j, p.source, p.target) AS job, j.due_at
      FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
      WHERE j.due_at > (request ->> 'moment')::timestamptz
      ORDER BY j.due_at
      LIMIT (request ->> 'limit')::integer) later));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The earliest moment of jobs that do not wait beyond their due time, and of the others, by two
-- indexes.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_next_due(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
DECLARE
  readable text[];
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  readable := ARRAY(SELECT jsonb_array_elements_text(request -> 'sources'));
  RETURN jsonb_build_object('v', 1, 'at', (
    SELECT ${prefix}backfill_rpc_time(min(moment))
    FROM (
      SELECT moment
      FROM (
        SELECT j.due_at AS moment
        FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
        WHERE j.due_at IS NOT NULL AND j.state <> 'dispatched'
          AND p.status NOT IN ('pausing', 'paused', 'cancelling', 'cancelled')
          AND p.source = ANY (readable)
          AND NOT (p.status = 'waiting' AND p.wait_until IS NOT NULL
            AND p.updated_at > clock_timestamp() - interval '2 hours'
            AND p.wait_until > j.due_at)
        ORDER BY j.due_at
        LIMIT 1) due
      UNION ALL
      SELECT moment
      FROM (
        SELECT p.wait_until AS moment
        FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
        WHERE j.due_at IS NOT NULL AND j.state <> 'dispatched'
          AND p.status = 'waiting'
          AND p.source = ANY (readable)
          AND p.updated_at > clock_timestamp() - interval '2 hours'
          AND p.wait_until > j.due_at
        ORDER BY p.wait_until
        LIMIT 1) waiting) moments));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_dispatched(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'jobs', (
    SELECT coalesce(
      jsonb_agg(
        ${prefix}backfill_job_json(j, p.source, p.target) ORDER BY j.dispatched_at, j.backfill_id),
      '[]')
    FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
    WHERE j.state = 'dispatched'));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Changes a job of the version that was read. Without one, writes nothing and answers with no job.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_update(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  job jsonb := request -> 'job';
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  UPDATE ${prefix}backfill_jobs SET
    state = job ->> 'state',
    priority = job ->> 'priority',
    trigger_reason = job ->> 'reason',
    queued_at = (job ->> 'queuedAt')::timestamptz,
    due_at = (job ->> 'dueAt')::timestamptz,
    turn_order_at = (job ->> 'order')::timestamptz,
    attempts = (job ->> 'attempts')::integer,
    slices = (job ->> 'slices')::bigint,
    destination = job ->> 'destination',
    route_reason = job ->> 'routeReason',
    fallback = (job ->> 'fallback')::boolean,
    correlation_id = job ->> 'correlationId',
    dispatched_at = (job ->> 'dispatchedAt')::timestamptz,
    run_name = job ->> 'run',
    run_url = job ->> 'url',
    claimed_at = (job ->> 'claimedAt')::timestamptz,
    unanswered_id = job ->> 'unansweredId',
    version = version + 1
  WHERE backfill_id = (job ->> 'id')::bigint AND version = (job ->> 'version')::bigint;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('v', 1, 'job', NULL);
  END IF;
  PERFORM ${prefix}backfill_job_events_add(request -> 'events');
  RETURN jsonb_build_object('v', 1, 'job', (
    SELECT ${prefix}backfill_job_json(j, p.source, p.target)
    FROM ${prefix}backfill_jobs j JOIN ${prefix}backfill_progress p ON p.id = j.backfill_id
    WHERE j.backfill_id = (job ->> 'id')::bigint));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_remove(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  DELETE FROM ${prefix}backfill_jobs WHERE backfill_id = (request ->> 'id')::bigint;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('v', 1, 'removed', false);
  END IF;
  PERFORM ${prefix}backfill_job_events_add(request -> 'events');
  RETURN jsonb_build_object('v', 1, 'removed', true);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The events of a job behind a number, oldest first.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_list(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'events', (
    SELECT coalesce(jsonb_agg(${prefix}backfill_job_event_json(e) ORDER BY e.id), '[]')
    FROM (
      SELECT * FROM ${prefix}backfill_job_events
      WHERE backfill_id = (request ->> 'id')::bigint AND id > (request ->> 'after')::bigint
      ORDER BY id
      LIMIT (request ->> 'limit')::integer) e));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The latest events of a job, newest first.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_latest(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'events', (
    SELECT coalesce(jsonb_agg(${prefix}backfill_job_event_json(e) ORDER BY e.id DESC), '[]')
    FROM (
      SELECT * FROM ${prefix}backfill_job_events
      WHERE backfill_id = (request ->> 'id')::bigint
      ORDER BY id DESC
      LIMIT (request ->> 'limit')::integer) e));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The latest events of some kinds at a destination, newest first; each kind by an index.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_latest_at(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'events', (
    SELECT coalesce(jsonb_agg(event ORDER BY id DESC), '[]')
    FROM (
      SELECT ${prefix}backfill_job_event_json(e) AS event, e.id
      FROM jsonb_array_elements_text(request -> 'kinds') AS wanted (kind)
      CROSS JOIN LATERAL (
        SELECT each.* FROM ${prefix}backfill_job_events each
        WHERE each.destination = request ->> 'destination' AND each.kind = wanted.kind
        ORDER BY each.id DESC
        LIMIT (request ->> 'limit')::integer) e
      ORDER BY e.id DESC
      LIMIT (request ->> 'limit')::integer) latest));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_prune(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  oldest timestamptz;
  removed bigint;
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  -- A value, so that an index finds older rows.
  oldest := clock_timestamp() - (request ->> 'olderThanMillis')::bigint * interval '1 millisecond';
  DELETE FROM ${prefix}backfill_job_events WHERE id IN (
    SELECT id FROM ${prefix}backfill_job_events WHERE occurred_at <= oldest
    ORDER BY occurred_at LIMIT (request ->> 'limit')::integer);
  GET DIAGNOSTICS removed = ROW_COUNT;
  RETURN jsonb_build_object('v', 1, 'events', removed);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_job_event_prunable(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
DECLARE
  oldest timestamptz;
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  oldest := clock_timestamp() - (request ->> 'olderThanMillis')::bigint * interval '1 millisecond';
  RETURN jsonb_build_object('v', 1, 'events', (
    SELECT count(*) FROM ${prefix}backfill_job_events WHERE occurred_at <= oldest));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Stores a suspension, or replaces that of the same subject.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_suspend(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  next jsonb := request -> 'next';
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  INSERT INTO ${prefix}backfill_suspensions (subject, reason, actor, since_at, until_at, times)
  VALUES (next ->> 'subject', next ->> 'reason', next ->> 'actor',
    (next ->> 'since')::timestamptz, (next ->> 'until')::timestamptz, (next ->> 'times')::integer)
  ON CONFLICT (subject) DO UPDATE SET
    reason = excluded.reason,
    actor = excluded.actor,
    since_at = excluded.since_at,
    until_at = excluded.until_at,
    times = excluded.times;
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Replaces a suspension that is unchanged since it was read; without one, stores the first.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_suspension_replace(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  before jsonb := nullif(request -> 'before', 'null');
  next jsonb := request -> 'next';
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  IF before IS NULL THEN
    INSERT INTO ${prefix}backfill_suspensions (subject, reason, actor, since_at, until_at, times)
    VALUES (next ->> 'subject', next ->> 'reason', next ->> 'actor',
      (next ->> 'since')::timestamptz, (next ->> 'until')::timestamptz, (next ->> 'times')::integer)
    ON CONFLICT (subject) DO NOTHING;
  ELSE
    UPDATE ${prefix}backfill_suspensions SET
      reason = next ->> 'reason',
      actor = next ->> 'actor',
      since_at = (next ->> 'since')::timestamptz,
      until_at = (next ->> 'until')::timestamptz,
      times = (next ->> 'times')::integer
    WHERE subject = next ->> 'subject'
      AND actor = before ->> 'actor'
      AND since_at = (before ->> 'since')::timestamptz
      AND times = (before ->> 'times')::integer;
  END IF;
  RETURN jsonb_build_object('v', 1, 'replaced', FOUND);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Ends the suspension of a subject; with "before", only if it is unchanged since it was read.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_suspension_resume(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  before jsonb := nullif(request -> 'before', 'null');
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  DELETE FROM ${prefix}backfill_suspensions
  WHERE subject = request ->> 'subject'
    AND (before IS NULL
      OR actor = before ->> 'actor'
        AND since_at = (before ->> 'since')::timestamptz
        AND times = (before ->> 'times')::integer);
  RETURN jsonb_build_object('v', 1, 'resumed', FOUND);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_suspension_list(request jsonb)
RETURNS jsonb LANGUAGE plpgsql STABLE AS $function$
BEGIN
  PERFORM ${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'suspensions', (
    SELECT coalesce(
      jsonb_agg(
        jsonb_build_object(
          'subject', s.subject,
          'reason', s.reason,
          'actor', s.actor,
          'since', ${prefix}backfill_rpc_time(s.since_at),
          'until', ${prefix}backfill_rpc_time(s.until_at),
          'times', s.times)
        ORDER BY s.subject),
      '[]')
    FROM ${prefix}backfill_suspensions s));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${prefix}backfill_rpc_again(SQLERRM);
END
$function$;
