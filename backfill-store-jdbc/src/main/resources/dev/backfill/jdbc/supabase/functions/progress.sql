-- Progress, leases and the chunk commit, with the rules of the store over JDBC.

-- BackfillStatus.after, as a table.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_after(status text, control text, leased boolean)
RETURNS text LANGUAGE sql IMMUTABLE AS $function$
  SELECT CASE control
    WHEN 'pause' THEN
      CASE WHEN status IN ('pending', 'running', 'waiting', 'pausing', 'failed')
        THEN CASE WHEN leased THEN 'pausing' ELSE 'paused' END ELSE status END
    WHEN 'cancel' THEN
      CASE WHEN status IN ('pending', 'running', 'waiting', 'pausing', 'paused', 'cancelling',
          'failed')
        THEN CASE WHEN leased THEN 'cancelling' ELSE 'cancelled' END ELSE status END
    WHEN 'resume' THEN
      CASE WHEN status IN ('pausing', 'cancelling')
          THEN CASE WHEN leased THEN 'running' ELSE 'pending' END
        WHEN status IN ('paused', 'cancelled', 'failed', 'waiting') THEN 'pending'
        ELSE status END
  END
$function$;

-- BackfillStatus.resolvePending.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_resolved(status text)
RETURNS text LANGUAGE sql IMMUTABLE AS $function$
  SELECT CASE status WHEN 'pausing' THEN 'paused' WHEN 'cancelling' THEN 'cancelled' ELSE status END
$function$;

-- BackfillStatus.afterRelease.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_released(status text, selected text)
RETURNS text LANGUAGE sql IMMUTABLE AS $function$
  SELECT CASE
    WHEN selected IN ('completed', 'completed_with_gaps') THEN selected
    WHEN status = 'pausing' THEN 'paused'
    WHEN status = 'cancelling' THEN 'cancelled'
    ELSE selected END
$function$;

-- Backfill.Counters.after: the counters after a commit. A total is its kind and its count.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_counted(
  phase text, before_kind text, before_total bigint, before_processed bigint,
  before_quarantined bigint, size bigint, inserted bigint, entered bigint, remaining bigint,
  stated_kind text, stated_total bigint,
  OUT total_kind text, OUT total_items bigint, OUT processed bigint, OUT quarantined bigint)
LANGUAGE plpgsql IMMUTABLE AS $function$
BEGIN
  processed := before_processed + CASE WHEN phase = 'history' THEN size
    ELSE greatest(0, inserted - remaining) + entered END;
  quarantined := greatest(0, before_quarantined + entered - remaining);
  IF phase = 'history' THEN
    total_kind := stated_kind;
    total_items := stated_total;
  ELSIF phase = 'catch_up' THEN
    total_kind := 'exact';
    total_items := processed;
  ELSE
    total_kind := before_kind;
    total_items := CASE WHEN before_kind <> 'unknown' THEN greatest(before_total, processed) END;
  END IF;
END
$function$;

-- True if the lease of a backfill has ended. A lease that ends too late was written by a wrong
-- clock.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_expired(
  expires_at timestamptz, lease_millis bigint)
RETURNS boolean LANGUAGE sql VOLATILE AS $function$
  SELECT CASE WHEN expires_at > clock_timestamp() AND (lease_millis IS NULL
      OR expires_at <= clock_timestamp() + (lease_millis + 300000) * interval '1 millisecond')
    THEN FALSE ELSE TRUE END
$function$;

-- The row of a backfill.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_row(
  p ${schema}${prefix}backfill_progress)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  RETURN jsonb_build_object(
    'id', p.id, 'source', p.source, 'target', p.target, 'status', p.status, 'phase', p.phase,
    'trigger', p.trigger_reason, 'waitUntil', ${schema}${prefix}backfill_rpc_time(p.wait_until),
    'waitReason', p.wait_reason, 'failures', p.consecutive_failures, 'error', p.last_error,
    'note', p.note, 'cursor', p.resume_cursor, 'next', p.next_chunk_number, 'size', p.chunk_size,
    'verify', p.verify_cursor, 'totalKind', p.total_kind, 'total', p.total_items,
    'processed', p.processed_items, 'quarantined', p.quarantined_items,
    'owner', p.lease_owner, 'expiresAt', ${schema}${prefix}backfill_rpc_time(p.lease_expires_at),
    'expired', ${schema}${prefix}backfill_rpc_expired(p.lease_expires_at, p.lease_millis),
    'createdAt', ${schema}${prefix}backfill_rpc_time(p.created_at),
    'startedAt', ${schema}${prefix}backfill_rpc_time(p.started_at),
    'updatedAt', ${schema}${prefix}backfill_rpc_time(p.updated_at),
    'completedAt', ${schema}${prefix}backfill_rpc_time(p.completed_at));
END
$function$;

-- The row of a backfill by its number, without a lock.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_read(backfill bigint)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  found ${schema}${prefix}backfill_progress;
BEGIN
  SELECT * INTO found FROM ${schema}${prefix}backfill_progress WHERE id = backfill;
  IF found.id IS NULL THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT404', 'NOT_FOUND', jsonb_build_object('id', backfill));
  END IF;
  RETURN ${schema}${prefix}backfill_rpc_row(found);
END
$function$;

-- Locks the row of a backfill until the end of the call.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_lock(backfill bigint)
RETURNS ${schema}${prefix}backfill_progress LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
BEGIN
  SELECT * INTO locked FROM ${schema}${prefix}backfill_progress WHERE id = backfill FOR UPDATE;
  IF locked.id IS NULL THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT404', 'NOT_FOUND', jsonb_build_object('id', backfill));
  END IF;
  RETURN locked;
END
$function$;

-- True if another owner than the given one, or any if that is null, holds an unexpired lease.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_leased(
  p ${schema}${prefix}backfill_progress, owner text)
RETURNS boolean LANGUAGE plpgsql AS $function$
BEGIN
  RETURN p.lease_owner IS NOT NULL
    AND NOT ${schema}${prefix}backfill_rpc_expired(p.lease_expires_at, p.lease_millis)
    AND (owner IS NULL OR owner <> p.lease_owner);
END
$function$;

-- Locks a backfill, and refuses a lease that is not the newest or was released.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_held(request jsonb)
RETURNS ${schema}${prefix}backfill_progress LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
BEGIN
  SELECT * INTO locked FROM ${schema}${prefix}backfill_progress
    WHERE id = (request ->> 'id')::bigint FOR UPDATE;
  IF locked.fence IS DISTINCT FROM (request ->> 'fence')::bigint
      OR locked.lease_owner IS DISTINCT FROM request ->> 'owner' THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT409', 'LEASE_LOST',
      jsonb_build_object('fence', locked.fence));
  END IF;
  RETURN locked;
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_transition(
  backfill bigint, status_before text, status_after text, why text, who text, remark text,
  newest bigint)
RETURNS void LANGUAGE plpgsql AS $function$
BEGIN
  INSERT INTO ${schema}${prefix}backfill_transitions (backfill_id, from_status, to_status, cause, actor,
    reason, fence, occurred_at)
  VALUES (backfill, status_before, status_after, why, who, remark, newest, clock_timestamp());
END
$function$;

-- Ends a run in the log; returns false if there was none. Facts are added to those of its start.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_end_run(
  backfill bigint, run_fence bigint, outcome text, error text)
RETURNS boolean LANGUAGE plpgsql AS $function$
DECLARE
  figures record;
BEGIN
  IF NOT EXISTS (SELECT 1 FROM ${schema}${prefix}sync_logs
      WHERE backfill_id = backfill AND fence = run_fence AND status = 'running') THEN
    RETURN FALSE;
  END IF;
  SELECT count(*) AS chunks, coalesce(sum(item_count + quarantined_count), 0) AS processed,
      coalesce(sum(inserted_count), 0) AS inserted, coalesce(sum(updated_count), 0) AS updated,
      coalesce(sum(quarantined_count), 0) AS failed, coalesce(sum(quota_spent), 0) AS spent,
      coalesce(sum(active_ms), 0) AS active,
      (SELECT c.quota_remaining FROM ${schema}${prefix}backfill_chunks c WHERE c.backfill_id = backfill
        AND c.fence = run_fence AND c.quota_remaining IS NOT NULL
        ORDER BY c.chunk_number DESC LIMIT 1) AS remaining
    INTO figures
    FROM ${schema}${prefix}backfill_chunks WHERE backfill_id = backfill AND fence = run_fence;
  UPDATE ${schema}${prefix}sync_logs l SET status = outcome, completed_at = clock_timestamp(),
      error_message = error, records_processed = figures.processed,
      records_inserted = figures.inserted, records_updated = figures.updated,
      records_failed = figures.failed, github_api_calls_used = figures.spent,
      rate_limit_remaining = figures.remaining,
      metadata = left(l.metadata, length(l.metadata) - 1)
        || ',"chunks":' || figures.chunks || ',"activeMillis":' || figures.active
        || coalesce((
          SELECT coalesce(',"trigger":' || to_json(j.trigger_reason)::text, '')
            || coalesce(',"destination":' || to_json(j.destination)::text, '')
            || coalesce(',"runUrl":' || to_json(j.run_url)::text, '')
          FROM ${schema}${prefix}backfill_jobs j WHERE j.backfill_id = backfill), '')
        || '}'
    WHERE l.backfill_id = backfill AND l.fence = run_fence AND l.status = 'running';
  RETURN TRUE;
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_register(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  found ${schema}${prefix}backfill_progress;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  -- An existing backfill is only read, so that a registration waits for no commit.
  SELECT * INTO found FROM ${schema}${prefix}backfill_progress
    WHERE source = request ->> 'source' AND target = request ->> 'target';
  IF found.id IS NULL THEN
    INSERT INTO ${schema}${prefix}backfill_progress (source, target, status, phase, total_kind,
      processed_items, quarantined_items, chunk_size, next_chunk_number, fence,
      consecutive_failures, trigger_reason, created_at, updated_at)
    VALUES (request ->> 'source', request ->> 'target', 'pending', 'history', 'unknown',
      0, 0, 0, 1, 0, 0, request ->> 'trigger', clock_timestamp(), clock_timestamp())
    ON CONFLICT (source, target) DO NOTHING;
    SELECT * INTO found FROM ${schema}${prefix}backfill_progress
      WHERE source = request ->> 'source' AND target = request ->> 'target';
  END IF;
  RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_row(found));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_find(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'backfill', (
    SELECT ${schema}${prefix}backfill_rpc_row(p) FROM ${schema}${prefix}backfill_progress p
    WHERE p.source = request ->> 'source' AND p.target = request ->> 'target'));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_get(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1,
    'backfill', ${schema}${prefix}backfill_rpc_read((request ->> 'id')::bigint));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_list(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'backfills', (
    SELECT coalesce(jsonb_agg(${schema}${prefix}backfill_rpc_row(p) ORDER BY p.target, p.source), '[]')
    FROM ${schema}${prefix}backfill_progress p));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Chunks of a backfill from a number on.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_chunks(
  backfill bigint, from_number bigint, max_rows integer)
RETURNS jsonb LANGUAGE sql AS $function$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
      'number', c.chunk_number, 'attempt', c.attempt_id, 'items', c.item_count,
      'inserted', c.inserted_count, 'updated', c.updated_count,
      'quarantined', c.quarantined_count, 'before', c.cursor_before, 'after', c.cursor_after,
      'size', c.chunk_size, 'reason', c.size_reason, 'basis', c.size_basis,
      'spent', c.quota_spent, 'remaining', c.quota_remaining, 'active', c.active_ms,
      'startedAt', ${schema}${prefix}backfill_rpc_time(c.started_at), 'worker', c.worker,
      'fence', c.fence, 'committedAt', ${schema}${prefix}backfill_rpc_time(c.committed_at))
    ORDER BY c.chunk_number), '[]')
  FROM (SELECT * FROM ${schema}${prefix}backfill_chunks
    WHERE backfill_id = backfill AND chunk_number >= from_number
    ORDER BY chunk_number LIMIT max_rows) c
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_chunks_from(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'chunks', ${schema}${prefix}backfill_rpc_chunks(
    (request ->> 'id')::bigint, (request ->> 'from')::bigint, (request ->> 'limit')::integer));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The latest chunks of the other backfill of the same source with the nearest total, or else of the
-- latest one.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_similar_chunks(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  backfill bigint := (request ->> 'id')::bigint;
  total bigint := (request ->> 'total')::bigint;
  found record;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  SELECT p.id, p.next_chunk_number INTO found FROM ${schema}${prefix}backfill_progress p
    WHERE p.source = (SELECT o.source FROM ${schema}${prefix}backfill_progress o WHERE o.id = backfill)
      AND p.id <> backfill AND p.next_chunk_number > 1
    ORDER BY
      CASE WHEN total > 0 AND (p.total_items IS NULL OR p.total_items < 1) THEN 1 ELSE 0 END,
      CASE WHEN total > 0 AND p.total_items >= 1 THEN
        CASE WHEN p.total_items >= total THEN 1.0 * p.total_items / total
          ELSE 1.0 * total / p.total_items END
        ELSE 0 END,
      p.updated_at DESC, p.id DESC
    LIMIT 1;
  RETURN jsonb_build_object('v', 1, 'chunks', CASE WHEN found.id IS NULL THEN '[]'::jsonb ELSE
    ${schema}${prefix}backfill_rpc_chunks(found.id,
      greatest(1, found.next_chunk_number - (request ->> 'limit')::integer),
      (request ->> 'limit')::integer) END);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Items in quarantine: by the time of their first rejection, or the page after a key.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_quarantined(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  after_key text := request ->> 'after';
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'items', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'key', q.item_key, 'error', q.error, 'payload', q.payload, 'attempts', q.attempts,
        'firstAt', ${schema}${prefix}backfill_rpc_time(q.first_seen_at),
        'lastAt', ${schema}${prefix}backfill_rpc_time(q.last_seen_at))
      ORDER BY CASE WHEN after_key IS NULL THEN q.first_seen_at END, q.item_key), '[]')
    FROM (SELECT * FROM ${schema}${prefix}backfill_quarantine
      WHERE backfill_id = (request ->> 'id')::bigint
        AND (after_key IS NULL OR item_key > after_key)
      ORDER BY CASE WHEN after_key IS NULL THEN first_seen_at END, item_key
      LIMIT (request ->> 'limit')::integer) q));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Transitions of a backfill: those after a number, or the latest, newest first.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_transitions_of(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  after_id bigint := (request ->> 'after')::bigint;
  max_rows integer := (request ->> 'limit')::integer;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1, 'transitions', (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'id', t.id, 'from', t.from_status, 'to', t.to_status, 'cause', t.cause,
        'actor', t.actor, 'reason', t.reason, 'fence', t.fence,
        'at', ${schema}${prefix}backfill_rpc_time(t.occurred_at))
      ORDER BY CASE WHEN after_id IS NULL THEN -t.id ELSE t.id END), '[]')
    FROM (
      (SELECT * FROM ${schema}${prefix}backfill_transitions
        WHERE backfill_id = (request ->> 'id')::bigint AND id > after_id
        ORDER BY id LIMIT max_rows)
      UNION ALL
      (SELECT * FROM ${schema}${prefix}backfill_transitions
        WHERE backfill_id = (request ->> 'id')::bigint AND after_id IS NULL
        ORDER BY id DESC LIMIT max_rows)) t));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Grants the lease of a locked backfill.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_grant(
  p ${schema}${prefix}backfill_progress, request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  millis bigint := (request ->> 'ttl')::bigint;
BEGIN
  UPDATE ${schema}${prefix}backfill_progress SET fence = fence + 1, lease_owner = request ->> 'owner',
      lease_expires_at = clock_timestamp() + millis * interval '1 millisecond',
      lease_millis = millis, status = 'running', executor = request ->> 'executor',
      wait_until = NULL, wait_reason = NULL, started_at = coalesce(started_at, clock_timestamp()),
      updated_at = clock_timestamp()
    WHERE id = p.id;
  PERFORM ${schema}${prefix}backfill_rpc_transition(p.id, p.status, 'running', 'claim',
    request ->> 'owner', 'taken over from ' || p.lease_owner, p.fence + 1);
  PERFORM ${schema}${prefix}backfill_rpc_end_run(p.id, p.fence, 'abandoned',
    'The worker stopped without releasing its lease.');
  INSERT INTO ${schema}${prefix}sync_logs (sync_type, target, backfill_id, fence, status, started_at,
    metadata)
  VALUES (p.source, p.target, p.id, p.fence + 1, 'running', clock_timestamp(),
    '{"worker":' || to_json(request ->> 'owner')::text
      || ',"executor":' || to_json(request ->> 'executor')::text
      || ',"fence":' || (p.fence + 1)
      || ',"request":' || to_json(request ->> 'request')::text || '}');
  RETURN jsonb_build_object('v', 1, 'granted', p.fence + 1, 'takenFrom', p.lease_owner,
    'backfill', ${schema}${prefix}backfill_rpc_read(p.id));
END
$function$;

-- The answer to a request that a proxy has sent twice, if the first one was granted; else null.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_granted(
  p ${schema}${prefix}backfill_progress, request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  IF p.lease_owner = request ->> 'owner' AND EXISTS (
      SELECT 1 FROM ${schema}${prefix}sync_logs l
      WHERE l.backfill_id = p.id AND l.fence = p.fence AND l.status = 'running'
        AND l.metadata LIKE '%"request":' || to_json(request ->> 'request')::text || '}') THEN
    RETURN jsonb_build_object('v', 1, 'granted', p.fence,
      'backfill', ${schema}${prefix}backfill_rpc_row(p));
  END IF;
  RETURN NULL;
END
$function$;

-- Stores a status that a user has requested, and removes a lease that has ended.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_apply(
  backfill bigint, new_status text, leased boolean)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  UPDATE ${schema}${prefix}backfill_progress SET status = new_status, wait_until = NULL,
      wait_reason = NULL, updated_at = clock_timestamp(),
      lease_owner = CASE WHEN leased THEN lease_owner END,
      lease_expires_at = CASE WHEN leased THEN lease_expires_at END
    WHERE id = backfill;
  RETURN ${schema}${prefix}backfill_rpc_read(backfill);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_claim(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
  leased boolean;
  resolved text;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  locked := ${schema}${prefix}backfill_rpc_lock((request ->> 'id')::bigint);
  leased := ${schema}${prefix}backfill_rpc_leased(locked, request ->> 'dead');
  IF locked.status NOT IN ('pausing', 'paused', 'cancelling', 'cancelled') THEN
    IF leased THEN
      RETURN coalesce(${schema}${prefix}backfill_rpc_granted(locked, request),
        jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_row(locked)));
    END IF;
    RETURN ${schema}${prefix}backfill_rpc_grant(locked, request);
  END IF;
  resolved := ${schema}${prefix}backfill_rpc_resolved(locked.status);
  IF leased OR resolved = locked.status THEN
    RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_row(locked));
  END IF;
  -- The worker that should have carried out the request is dead.
  PERFORM ${schema}${prefix}backfill_rpc_transition(locked.id, locked.status, resolved, 'settle',
    coalesce(locked.lease_owner, 'nobody'), NULL, locked.fence);
  RETURN jsonb_build_object('v', 1,
    'backfill', ${schema}${prefix}backfill_rpc_apply(locked.id, resolved, FALSE));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_claim_next(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
  wanted text[];
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  wanted := ARRAY(SELECT jsonb_array_elements_text(request -> 'sources'));
  SELECT p.* INTO locked FROM ${schema}${prefix}backfill_progress p
    JOIN ${schema}${prefix}sync_logs l ON l.backfill_id = p.id AND l.fence = p.fence
    WHERE l.started_at > clock_timestamp() - interval '5 minutes' AND l.status = 'running'
      AND l.metadata LIKE '%"request":' || to_json(request ->> 'request')::text || '}'
    LIMIT 1;
  IF locked.id IS NOT NULL THEN
    RETURN ${schema}${prefix}backfill_rpc_granted(locked, request);
  END IF;
  SELECT * INTO locked FROM ${schema}${prefix}backfill_progress
    WHERE source = ANY (wanted)
      AND (lease_expires_at IS NULL OR lease_expires_at <= clock_timestamp()
        OR lease_expires_at > clock_timestamp() + (lease_millis + 300000) * interval '1 millisecond')
      AND (status IN ('pending', 'running')
        OR status = 'waiting' AND (wait_until <= clock_timestamp()
          OR updated_at <= clock_timestamp() - interval '2 hours'))
    ORDER BY updated_at, id LIMIT 1 FOR UPDATE SKIP LOCKED;
  IF locked.id IS NULL THEN
    RETURN jsonb_build_object('v', 1);
  END IF;
  RETURN ${schema}${prefix}backfill_rpc_grant(locked, request);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_renew(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  held ${schema}${prefix}backfill_progress;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  held := ${schema}${prefix}backfill_rpc_held(request);
  UPDATE ${schema}${prefix}backfill_progress SET updated_at = clock_timestamp(), lease_expires_at =
      clock_timestamp() + (request ->> 'ttl')::bigint * interval '1 millisecond'
    WHERE id = held.id;
  RETURN jsonb_build_object('v', 1, 'status', held.status);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_record_failure(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  held ${schema}${prefix}backfill_progress;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  held := ${schema}${prefix}backfill_rpc_held(request);
  UPDATE ${schema}${prefix}backfill_progress SET consecutive_failures = consecutive_failures + 1,
      last_error = request ->> 'error', updated_at = clock_timestamp()
    WHERE id = held.id;
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Backfill.Counters.recounted: an absent number of seen items keeps that of processed ones.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_recount(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  held ${schema}${prefix}backfill_progress;
  existing bigint;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  held := ${schema}${prefix}backfill_rpc_held(request);
  existing := coalesce((request ->> 'seen')::bigint, held.processed_items);
  UPDATE ${schema}${prefix}backfill_progress p SET processed_items = existing,
      quarantined_items = (SELECT count(*) FROM ${schema}${prefix}backfill_quarantine q
        WHERE q.backfill_id = held.id),
      total_items = CASE WHEN p.total_kind <> 'unknown' THEN greatest(p.total_items, existing) END,
      updated_at = clock_timestamp()
    WHERE p.id = held.id;
  RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_read(held.id));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rewind(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  held ${schema}${prefix}backfill_progress;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  held := ${schema}${prefix}backfill_rpc_held(request);
  UPDATE ${schema}${prefix}backfill_progress SET resume_cursor = NULL, verify_cursor = NULL,
      processed_items = 0, quarantined_items = 0, total_items = NULL, total_kind = 'unknown',
      phase = 'history', completed_at = NULL, note = NULL, updated_at = clock_timestamp()
    WHERE id = held.id;
  DELETE FROM ${schema}${prefix}backfill_quarantine WHERE backfill_id = held.id;
  RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_read(held.id));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_release(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
  new_status text;
  completed boolean;
  waits boolean;
  failure text := request ->> 'error';
  counted bigint := (request ->> 'counted')::bigint;
  latest ${schema}${prefix}backfill_transitions;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  locked := ${schema}${prefix}backfill_rpc_lock((request ->> 'id')::bigint);
  IF locked.fence <> (request ->> 'fence')::bigint THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT409', 'LEASE_LOST',
      jsonb_build_object('fence', locked.fence));
  END IF;
  IF locked.lease_owner IS NULL THEN
    -- An earlier call was carried out and its answer was lost, or a request overtook it.
    RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_row(locked));
  END IF;
  new_status := ${schema}${prefix}backfill_rpc_released(locked.status, request ->> 'status');
  completed := new_status IN ('completed', 'completed_with_gaps');
  waits := new_status = 'waiting';
  UPDATE ${schema}${prefix}backfill_progress p SET status = new_status,
      wait_until = CASE WHEN waits THEN (request ->> 'waitUntil')::timestamptz END,
      wait_reason = CASE WHEN waits THEN request ->> 'waitReason' END,
      consecutive_failures = CASE WHEN completed THEN 0 WHEN failure IS NULL
        THEN p.consecutive_failures ELSE p.consecutive_failures + 1 END,
      last_error = CASE WHEN completed THEN NULL ELSE coalesce(failure, p.last_error) END,
      processed_items = CASE WHEN completed THEN coalesce(counted, p.processed_items)
        ELSE p.processed_items END,
      total_items = CASE WHEN completed AND counted IS NOT NULL THEN counted
        ELSE p.total_items END,
      total_kind = CASE WHEN completed AND counted IS NOT NULL THEN 'exact'
        ELSE p.total_kind END,
      verify_cursor = CASE WHEN completed THEN NULL ELSE p.verify_cursor END,
      lease_owner = NULL, lease_expires_at = NULL,
      completed_at = CASE WHEN completed THEN clock_timestamp() ELSE p.completed_at END,
      note = CASE WHEN completed THEN request ->> 'note' ELSE p.note END,
      updated_at = clock_timestamp()
    WHERE p.id = locked.id;
  SELECT * INTO latest FROM ${schema}${prefix}backfill_transitions
    WHERE backfill_id = locked.id ORDER BY id DESC LIMIT 1;
  IF completed AND failure IS NULL AND latest.fence = locked.fence AND latest.cause = 'claim'
      AND latest.from_status = new_status AND latest.reason IS NULL
      AND NOT EXISTS (SELECT 1 FROM ${schema}${prefix}backfill_chunks c WHERE c.backfill_id = locked.id
        AND c.fence = locked.fence AND c.item_count + c.quarantined_count > 0) THEN
    -- A run of a completed backfill that found nothing: thousands a day, which leave no rows.
    DELETE FROM ${schema}${prefix}backfill_transitions
      WHERE backfill_id = locked.id AND fence = locked.fence;
    DELETE FROM ${schema}${prefix}sync_logs WHERE backfill_id = locked.id AND fence = locked.fence;
    RETURN jsonb_build_object('v', 1, 'logged', TRUE,
      'backfill', ${schema}${prefix}backfill_rpc_read(locked.id));
  END IF;
  PERFORM ${schema}${prefix}backfill_rpc_transition(locked.id, locked.status, new_status, 'release',
    request ->> 'owner',
    coalesce(failure, CASE WHEN waits THEN request ->> 'waitReason' END), locked.fence);
  RETURN jsonb_build_object('v', 1,
    'logged', ${schema}${prefix}backfill_rpc_end_run(locked.id, locked.fence,
      CASE WHEN failure IS NOT NULL OR new_status = 'failed' THEN 'failed'
        WHEN new_status IN ('cancelled', 'paused') THEN new_status
        ELSE 'completed' END, failure),
    'backfill', ${schema}${prefix}backfill_rpc_read(locked.id));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_control(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
  leased boolean;
  new_status text;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  locked := ${schema}${prefix}backfill_rpc_lock((request ->> 'id')::bigint);
  leased := ${schema}${prefix}backfill_rpc_leased(locked, NULL);
  new_status := ${schema}${prefix}backfill_rpc_after(locked.status, request ->> 'control', leased);
  IF new_status = locked.status THEN
    RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_row(locked));
  END IF;
  PERFORM ${schema}${prefix}backfill_rpc_transition(locked.id, locked.status, new_status,
    request ->> 'control', request ->> 'actor', request ->> 'reason', locked.fence);
  RETURN jsonb_build_object('v', 1,
    'backfill', ${schema}${prefix}backfill_rpc_apply(locked.id, new_status, leased));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Resets a backfill to the start of its history; without "backfill" if a worker holds its lease.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_reload(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  locked ${schema}${prefix}backfill_progress;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  locked := ${schema}${prefix}backfill_rpc_lock((request ->> 'id')::bigint);
  IF ${schema}${prefix}backfill_rpc_leased(locked, NULL) THEN
    RETURN jsonb_build_object('v', 1);
  END IF;
  PERFORM ${schema}${prefix}backfill_rpc_transition(locked.id, locked.status, 'pending', 'resume',
    request ->> 'actor', request ->> 'reason', locked.fence);
  UPDATE ${schema}${prefix}backfill_progress SET status = 'pending', fence = fence + 1,
      lease_owner = NULL, lease_expires_at = NULL, wait_until = NULL, wait_reason = NULL,
      consecutive_failures = 0, last_error = NULL, resume_cursor = NULL, verify_cursor = NULL,
      processed_items = 0, quarantined_items = 0, total_items = NULL, total_kind = 'unknown',
      phase = 'history', completed_at = NULL, note = NULL, updated_at = clock_timestamp()
    WHERE id = locked.id;
  DELETE FROM ${schema}${prefix}backfill_quarantine WHERE backfill_id = locked.id;
  RETURN jsonb_build_object('v', 1, 'backfill', ${schema}${prefix}backfill_rpc_read(locked.id));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Keeps a part of a chunk that is too large for one request, until its commit or for an hour.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_upload(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  DELETE FROM ${schema}${prefix}backfill_uploads
    WHERE uploaded_at < clock_timestamp() - interval '1 hour';
  INSERT INTO ${schema}${prefix}backfill_uploads AS u (attempt_id, part, content, uploaded_at)
  VALUES ((request ->> 'attempt')::uuid, (request ->> 'part')::integer, request -> 'content',
    clock_timestamp())
  ON CONFLICT (attempt_id, part) DO UPDATE
    SET content = excluded.content, uploaded_at = excluded.uploaded_at;
  RETURN jsonb_build_object('v', 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The content of a request: its own, and that of the parts that were uploaded before it.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_content(request jsonb, uploaded jsonb)
RETURNS SETOF jsonb LANGUAGE plpgsql AS $function$
DECLARE
  parts integer := coalesce((uploaded ->> 'parts')::integer, 0);
  attempt uuid := (uploaded ->> 'attempt')::uuid;
  found integer;
BEGIN
  IF parts > 0 THEN
    SELECT count(*) INTO found FROM ${schema}${prefix}backfill_uploads u
      WHERE u.attempt_id = attempt AND u.part <= parts;
    IF found < parts THEN
      PERFORM ${schema}${prefix}backfill_rpc_again('parts of the chunk are missing');
    END IF;
    RETURN QUERY SELECT u.content FROM ${schema}${prefix}backfill_uploads u
      WHERE u.attempt_id = attempt AND u.part <= parts ORDER BY u.part;
  END IF;
  RETURN NEXT request;
END
$function$;

-- Writes the items of a request: rows of history tables, or items for a function of the host.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_write(
  request jsonb, OUT inserted integer, OUT updated integer)
LANGUAGE plpgsql AS $function$
DECLARE
  content jsonb;
  counts record;
  answer jsonb;
BEGIN
  inserted := 0;
  updated := 0;
  FOR content IN SELECT * FROM
      ${schema}${prefix}backfill_rpc_content(request, request -> 'uploaded') LOOP
    IF content -> 'call' IS NOT NULL THEN
      answer := ${schema}${prefix}backfill_rpc_call(content -> 'call' ->> 'function',
        content -> 'call' -> 'items');
      inserted := inserted + coalesce((answer ->> 'inserted')::integer, 0);
      updated := updated + coalesce((answer ->> 'updated')::integer, 0);
    ELSIF content -> 'rows' IS NOT NULL THEN
      SELECT * INTO counts FROM ${schema}${prefix}backfill_history_write(content -> 'rows');
      inserted := inserted + counts.inserted;
      updated := updated + counts.updated;
    END IF;
  END LOOP;
END
$function$;

-- Stores a chunk: all of it, or nothing. A repeated attempt waits here for the first one.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_commit(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  chunk jsonb := request -> 'chunk';
  locked ${schema}${prefix}backfill_progress;
  held boolean;
  stored ${schema}${prefix}backfill_chunks;
  counts record;
  entered bigint := 0;
  remaining bigint := 0;
  counted record;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  locked := ${schema}${prefix}backfill_rpc_lock((request ->> 'id')::bigint);
  held := locked.fence = (request ->> 'fence')::bigint
    AND locked.lease_owner IS NOT DISTINCT FROM request ->> 'owner';
  IF NOT held OR (chunk ->> 'number')::bigint <> locked.next_chunk_number
      OR chunk ->> 'before' <> coalesce(
        CASE WHEN chunk ->> 'phase' = 'verify' THEN locked.verify_cursor
          ELSE locked.resume_cursor END, '') THEN
    SELECT * INTO stored FROM ${schema}${prefix}backfill_chunks c
      WHERE c.backfill_id = locked.id AND c.chunk_number = (chunk ->> 'number')::bigint
        AND c.attempt_id = (chunk ->> 'attempt')::uuid;
    IF stored.attempt_id IS NOT NULL THEN
      RETURN jsonb_build_object('v', 1, 'already', TRUE, 'inserted', stored.inserted_count,
        'updated', stored.updated_count, 'status', locked.status,
        'totalKind', locked.total_kind, 'total', locked.total_items,
        'processed', locked.processed_items, 'quarantined', locked.quarantined_items);
    END IF;
    IF NOT held THEN
      PERFORM ${schema}${prefix}backfill_rpc_refuse('PT409', 'LEASE_LOST',
        jsonb_build_object('fence', locked.fence));
    END IF;
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT409', 'OUT_OF_SEQUENCE',
      ${schema}${prefix}backfill_rpc_row(locked));
  END IF;
  SELECT * INTO counts FROM ${schema}${prefix}backfill_rpc_write(request);
  IF request -> 'storedKeys' IS NOT NULL THEN
    DELETE FROM ${schema}${prefix}backfill_quarantine WHERE backfill_id = locked.id
      AND item_key = ANY (ARRAY(SELECT jsonb_array_elements_text(request -> 'storedKeys')));
    GET DIAGNOSTICS remaining = ROW_COUNT;
  END IF;
  IF request -> 'rejected' IS NOT NULL OR request -> 'uploaded' IS NOT NULL THEN
    WITH added AS (
      INSERT INTO ${schema}${prefix}backfill_quarantine AS q
        (backfill_id, item_key, error, payload, attempts, first_seen_at, last_seen_at)
      SELECT locked.id, r ->> 0, r ->> 1, r ->> 2, 1, clock_timestamp(), clock_timestamp()
        FROM ${schema}${prefix}backfill_rpc_content(request, request -> 'uploaded') AS c (content),
          jsonb_array_elements(c.content -> 'rejected') r
      ON CONFLICT (backfill_id, item_key) DO UPDATE SET error = excluded.error,
        payload = excluded.payload, attempts = q.attempts + 1,
        last_seen_at = excluded.last_seen_at
      RETURNING attempts)
    SELECT count(*) FILTER (WHERE attempts = 1) INTO entered FROM added;
  END IF;
  IF request -> 'uploaded' IS NOT NULL THEN
    DELETE FROM ${schema}${prefix}backfill_uploads
      WHERE attempt_id = (request -> 'uploaded' ->> 'attempt')::uuid;
  END IF;
  SELECT * INTO counted FROM ${schema}${prefix}backfill_rpc_counted(chunk ->> 'phase',
    locked.total_kind, locked.total_items, locked.processed_items, locked.quarantined_items,
    (chunk ->> 'items')::bigint + (chunk ->> 'rejected')::bigint, counts.inserted, entered,
    remaining, chunk ->> 'totalKind', (chunk ->> 'total')::bigint);
  INSERT INTO ${schema}${prefix}backfill_chunks (inserted_count, updated_count, backfill_id,
    chunk_number, attempt_id, item_count, quarantined_count, cursor_before, cursor_after,
    chunk_size, size_reason, quota_spent, quota_remaining, active_ms, worker, fence, size_basis,
    started_at, committed_at)
  VALUES (counts.inserted, counts.updated, locked.id, locked.next_chunk_number,
    (chunk ->> 'attempt')::uuid, (chunk ->> 'items')::integer, (chunk ->> 'rejected')::integer,
    chunk ->> 'before', chunk ->> 'after', (chunk ->> 'size')::integer, chunk ->> 'reason',
    (chunk ->> 'spent')::bigint, (chunk ->> 'remaining')::bigint, (chunk ->> 'active')::bigint,
    locked.lease_owner, locked.fence, chunk ->> 'basis', (chunk ->> 'startedAt')::timestamptz,
    clock_timestamp());
  UPDATE ${schema}${prefix}backfill_progress p SET
      resume_cursor = CASE WHEN chunk ->> 'phase' = 'verify' THEN p.resume_cursor
        ELSE nullif(chunk ->> 'after', '') END,
      verify_cursor = CASE WHEN chunk ->> 'phase' = 'verify' THEN nullif(chunk ->> 'after', '')
        ELSE p.verify_cursor END,
      phase = chunk ->> 'phase', processed_items = counted.processed,
      quarantined_items = counted.quarantined, total_items = counted.total_items,
      total_kind = counted.total_kind, chunk_size = (chunk ->> 'size')::integer,
      next_chunk_number = p.next_chunk_number + 1, consecutive_failures = 0, last_error = NULL,
      lease_expires_at =
        clock_timestamp() + (request ->> 'ttl')::bigint * interval '1 millisecond',
      updated_at = clock_timestamp()
    WHERE p.id = locked.id;
  RETURN jsonb_build_object('v', 1, 'inserted', counts.inserted, 'updated', counts.updated,
    'status', locked.status, 'totalKind', counted.total_kind, 'total', counted.total_items,
    'processed', counted.processed, 'quarantined', counted.quarantined);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Writes items as a commit does, and rolls that back.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_try_write(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  BEGIN
    PERFORM ${schema}${prefix}backfill_rpc_write(request);
    RAISE EXCEPTION USING ERRCODE = 'PTDRY';
  EXCEPTION WHEN SQLSTATE 'PTDRY' THEN
    DELETE FROM ${schema}${prefix}backfill_uploads
      WHERE attempt_id = (request -> 'uploaded' ->> 'attempt')::uuid;
    RETURN jsonb_build_object('v', 1);
  END;
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Counts the items that are stored or in quarantine; "stored" is null if a host's function cannot.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_count_known(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  known bigint;
  keys text[];
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  known := ${schema}${prefix}backfill_history_count(request -> 'sink');
  IF known IS NOT NULL THEN
    keys := ARRAY(SELECT item_key FROM ${schema}${prefix}backfill_quarantine
      WHERE backfill_id = (request ->> 'id')::bigint);
    IF cardinality(keys) > 0 THEN
      known := known + cardinality(keys)
        - cardinality(coalesce(${schema}${prefix}backfill_history_stored(request -> 'sink', keys), '{}'));
    END IF;
  END IF;
  RETURN jsonb_build_object('v', 1, 'known', known);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The keys that are neither stored nor in quarantine; null if a host's function cannot find out.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_missing(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  keys text[];
  stored text[];
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  keys := ARRAY(SELECT jsonb_array_elements_text(request -> 'keys'));
  stored := ${schema}${prefix}backfill_history_stored(request -> 'sink', keys);
  RETURN jsonb_build_object('v', 1, 'missing', CASE WHEN stored IS NOT NULL THEN (
    SELECT coalesce(jsonb_agg(k.key ORDER BY k.place), '[]')
    FROM unnest(keys) WITH ORDINALITY AS k (key, place)
    WHERE k.key <> ALL (stored) AND NOT EXISTS (
      SELECT 1 FROM ${schema}${prefix}backfill_quarantine q
      WHERE q.backfill_id = (request ->> 'id')::bigint AND q.item_key = k.key)) END);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The difference to an independent number: facts for a sentence, or a sentence of the host.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_difference(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  RETURN jsonb_build_object('v', 1,
    'difference', ${schema}${prefix}backfill_history_difference(request -> 'sink'));
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- The time before now; not every age is a time of PostgreSQL, and no row is older.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_ago(millis numeric)
RETURNS timestamptz LANGUAGE sql VOLATILE AS $function$
  SELECT clock_timestamp() - least(millis, 3153600000000)::bigint * interval '1 millisecond'
$function$;

CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_claim_pruning(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  changed bigint;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  INSERT INTO ${schema}${prefix}backfill_upkeep AS u (name, begun_at)
    VALUES ('pruning', clock_timestamp())
    ON CONFLICT (name) DO UPDATE SET begun_at = clock_timestamp()
      WHERE u.begun_at <= ${schema}${prefix}backfill_rpc_ago((request ->> 'every')::numeric);
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN jsonb_build_object('v', 1, 'claimed', changed = 1);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;

-- Removes old rows, at most "limit" of each kind, or counts them if there is no limit.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_prune(request jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  before timestamptz;
  max_rows integer := (request ->> 'limit')::integer;
  stopped text[] := '{pausing,paused,cancelling,cancelled}';
  ended text[] := '{completed,completed_with_gaps}';
  runs bigint;
  transitions bigint;
  chunks bigint;
BEGIN
  PERFORM ${schema}${prefix}backfill_rpc_check(request);
  before := ${schema}${prefix}backfill_rpc_ago((request ->> 'olderThan')::numeric);
  IF max_rows IS NULL THEN
    SELECT count(*) INTO runs FROM ${schema}${prefix}sync_logs
      WHERE started_at <= before AND status <> 'running';
    SELECT count(*) INTO transitions FROM ${schema}${prefix}backfill_transitions
      WHERE occurred_at <= before AND backfill_id NOT IN (
        SELECT id FROM ${schema}${prefix}backfill_progress WHERE status = ANY (stopped));
    SELECT count(*) INTO chunks FROM ${schema}${prefix}backfill_progress p
      JOIN ${schema}${prefix}backfill_chunks c ON c.backfill_id = p.id
        AND c.chunk_number < p.next_chunk_number - 32
      WHERE p.status = ANY (ended) AND c.committed_at <= before;
  ELSE
    DELETE FROM ${schema}${prefix}sync_logs WHERE id IN (
      SELECT id FROM ${schema}${prefix}sync_logs WHERE started_at <= before AND status <> 'running'
      ORDER BY started_at LIMIT max_rows);
    GET DIAGNOSTICS runs = ROW_COUNT;
    DELETE FROM ${schema}${prefix}backfill_transitions WHERE id IN (
      SELECT id FROM ${schema}${prefix}backfill_transitions
      WHERE occurred_at <= before AND backfill_id NOT IN (
        SELECT id FROM ${schema}${prefix}backfill_progress WHERE status = ANY (stopped))
      ORDER BY occurred_at LIMIT max_rows);
    GET DIAGNOSTICS transitions = ROW_COUNT;
    DELETE FROM ${schema}${prefix}backfill_chunks WHERE (backfill_id, chunk_number) IN (
      SELECT c.backfill_id, c.chunk_number FROM ${schema}${prefix}backfill_progress p
      JOIN ${schema}${prefix}backfill_chunks c ON c.backfill_id = p.id
        AND c.chunk_number < p.next_chunk_number - 32
      WHERE p.status = ANY (ended) AND c.committed_at <= before
      ORDER BY c.backfill_id, c.chunk_number LIMIT max_rows);
    GET DIAGNOSTICS chunks = ROW_COUNT;
  END IF;
  RETURN jsonb_build_object('v', 1, 'runs', runs, 'transitions', transitions, 'chunks', chunks);
EXCEPTION WHEN serialization_failure OR deadlock_detected THEN
  PERFORM ${schema}${prefix}backfill_rpc_again(SQLERRM);
END
$function$;
