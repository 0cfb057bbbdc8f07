-- The rows of items. The parts that list tables are made from the definitions of the history.

-- Calls a function of the host, in the transaction of the call.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_rpc_call(given text, payload jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $function$
DECLARE
  answer jsonb;
BEGIN
  IF given !~ '^[a-z_][a-z0-9_]{0,62}(\.[a-z_][a-z0-9_]{0,62})?$'
      OR to_regprocedure(given || '(jsonb)') IS NULL THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT404', 'NO_FUNCTION',
      jsonb_build_object('function', given));
  END IF;
  EXECUTE format('SELECT to_jsonb(%s($1))', given) INTO answer USING payload;
  RETURN answer;
END
$function$;

-- Writes rows newer-wins: "tables" in their order, each with its rows as arrays in the order of the
-- columns, and "bots" with their logins. Returns the counts of the table of items.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_history_write(
  given jsonb, OUT inserted integer, OUT updated integer)
LANGUAGE plpgsql AS $function$
#variable_conflict use_column
DECLARE
  bot record;
  stored_login text;
  known_logins jsonb := '{}';
  upsert jsonb;
  given_rows jsonb;
  counts record;
BEGIN
  inserted := 0;
  updated := 0;
  -- A login with the mark of an App gives way to one without, which every table then has.
  FOR bot IN SELECT b.key::bigint AS id, b.value AS login
      FROM jsonb_each_text(given -> 'bots') b ORDER BY 1 LOOP
    SELECT login INTO stored_login FROM ${schema}${prefix}accounts WHERE id = bot.id;
    IF FOUND AND right(bot.login, 5) = '[bot]' AND right(stored_login, 5) <> '[bot]' THEN
      known_logins := known_logins || jsonb_build_object(bot.id::text, stored_login);
    ELSIF FOUND AND right(bot.login, 5) <> '[bot]' AND right(stored_login, 5) = '[bot]' THEN
${corrections}
    END IF;
  END LOOP;
  FOR upsert IN SELECT e.value FROM jsonb_array_elements(given -> 'tables') e LOOP
    given_rows := upsert -> 'rows';
    CASE upsert ->> 'table'
${writes}
    ELSE
      PERFORM ${schema}${prefix}backfill_rpc_refuse('PT412', 'UNKNOWN_TABLE',
        jsonb_build_object('table', upsert -> 'table'));
    END CASE;
    IF (upsert -> 'items')::boolean THEN
      inserted := inserted + counts.new_rows;
      updated := updated + counts.changed_rows;
    END IF;
  END LOOP;
END
$function$;

-- The table of a sink: the name, and the column of an item's key; a host's sink has none.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_history_table(
  sink jsonb, OUT full_name text, OUT key_column text, OUT key_is_number boolean)
LANGUAGE plpgsql AS $function$
BEGIN
  SELECT '${schema}${prefix}' || t.name, t.key, t.is_number
    INTO full_name, key_column, key_is_number
    FROM (VALUES
${keys}) AS t (name, key, is_number)
    WHERE t.name = sink ->> 'table';
  IF full_name IS NULL THEN
    PERFORM ${schema}${prefix}backfill_rpc_refuse('PT412', 'UNKNOWN_TABLE',
      jsonb_build_object('table', sink -> 'table'));
  END IF;
END
$function$;

-- The number of stored items of a scope; null if a host's function cannot count.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_history_count(sink jsonb)
RETURNS bigint LANGUAGE plpgsql AS $function$
DECLARE
  items record;
  counted bigint;
BEGIN
  IF sink ->> 'function' IS NOT NULL THEN
    RETURN (${schema}${prefix}backfill_rpc_call(sink ->> 'function',
      jsonb_build_object('query', 'count', 'scope', sink -> 'scope')) ->> 'count')::bigint;
  END IF;
  SELECT * INTO items FROM ${schema}${prefix}backfill_history_table(sink);
  EXECUTE format('SELECT count(*) FROM %s WHERE repository_id = $1', items.full_name)
    INTO counted USING (sink ->> 'scope')::bigint;
  RETURN counted;
END
$function$;

-- Those of the keys whose items are stored; null if a host's function cannot find out.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_history_stored(sink jsonb, keys text[])
RETURNS text[] LANGUAGE plpgsql AS $function$
DECLARE
  items record;
  answer jsonb;
  found text[];
BEGIN
  IF sink ->> 'function' IS NOT NULL THEN
    answer := ${schema}${prefix}backfill_rpc_call(sink ->> 'function',
      jsonb_build_object('query', 'stored', 'scope', sink -> 'scope', 'keys', to_jsonb(keys)));
    RETURN CASE WHEN jsonb_typeof(answer -> 'stored') = 'array'
      THEN ARRAY(SELECT jsonb_array_elements_text(answer -> 'stored')) END;
  END IF;
  SELECT * INTO items FROM ${schema}${prefix}backfill_history_table(sink);
  EXECUTE format('SELECT ARRAY(SELECT k.key FROM unnest($2) AS k (key) WHERE EXISTS ('
      || 'SELECT 1 FROM %s AS t WHERE t.repository_id = $1 AND t.%s = %s))',
      items.full_name, items.key_column,
      CASE WHEN items.key_is_number
        THEN 'CASE WHEN k.key ~ ''^(0|[1-9][0-9]{0,17})$'' THEN k.key::bigint END' ELSE 'k.key' END)
    INTO found USING (sink ->> 'scope')::bigint, keys;
  RETURN found;
END
$function$;

-- The difference of stored items to an independent number, in one sentence; null without one.
CREATE OR REPLACE FUNCTION ${schema}${prefix}backfill_history_difference(sink jsonb)
RETURNS text LANGUAGE plpgsql AS $function$
DECLARE
  reported record;
  sentence text;
BEGIN
  IF sink ->> 'function' IS NOT NULL THEN
    RETURN ${schema}${prefix}backfill_rpc_call(sink ->> 'function',
      jsonb_build_object('query', 'difference', 'scope', sink -> 'scope')) ->> 'difference';
  END IF;
  SELECT * INTO reported FROM (VALUES
${reported}) AS r (name, number_column, owner_column, condition, words)
    WHERE r.name = sink ->> 'table';
  IF reported.name IS NULL THEN
    RETURN NULL;
  END IF;
  EXECUTE format('SELECT count(*) || '' stored pull requests report '''
      || ' || sum(p.%1$s - coalesce(c.items, 0)) || '' '' || $2 || '' more than are stored of them'''
      || ' FROM ${schema}${prefix}pull_requests p LEFT JOIN'
      || ' (SELECT %2$s AS owner_number, count(*) AS items FROM ${schema}${prefix}%3$s'
      || ' WHERE repository_id = $1 AND %4$s GROUP BY %2$s) c ON c.owner_number = p.number'
      || ' WHERE p.repository_id = $1 AND p.%1$s > coalesce(c.items, 0) HAVING count(*) > 0',
      reported.number_column, reported.owner_column, reported.name, reported.condition)
    INTO sentence USING (sink ->> 'scope')::bigint, reported.words;
  RETURN sentence;
END
$function$;
