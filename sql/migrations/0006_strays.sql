-- Rows of a month that lie in the default partition move into the month's own one when
-- that is made, and go with it when it is old: a clock that ran away for a moment does
-- not spoil a later month.

-- Runs with its owner's rights: a writer needs none of its own to make tables.
CREATE OR REPLACE FUNCTION ensure_partitions(from_at timestamptz, to_at timestamptz)
RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
  home text := quote_ident(current_schema());
  made int4 := 0;
  -- So many move within the time that a writer waits for an answer.
  strays_max CONSTANT int4 := 200000;
  -- Nobody measured before, and a clock that is years ahead belongs to the default.
  month_at timestamptz := date_trunc('month', greatest(from_at, timestamptz '2000-01-01 00:00Z'), 'UTC');
  month_to timestamptz;
  last_at timestamptz := least(to_at, now() + interval '3 months');
  parent text;
  child text;
  strays int4;
BEGIN
  RETURN 0; -- only: timescaledb
  WHILE month_at <= last_at LOOP
    month_to := month_at + interval '1 month';
    FOREACH parent IN ARRAY ARRAY['reading', 'event', 'meter_frame'] LOOP
      child := parent || to_char(month_at AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
      CONTINUE WHEN to_regclass(home || '.' || child) IS NOT NULL;
      -- Who makes partitions does so alone; looking at the default one is part of it.
      EXECUTE format('LOCK TABLE ONLY %I IN SHARE UPDATE EXCLUSIVE MODE', parent); -- only: postgresql
      EXECUTE format(
        'SELECT count(*) FROM (SELECT FROM %I WHERE at >= $1 AND at < $2 LIMIT %s) AS stray',
        parent || '_default', strays_max + 1
      ) INTO strays USING month_at, month_to;
      -- More than that stay there until they are dropped.
      CONTINUE WHEN strays > strays_max;
      CONTINUE WHEN strays > 0; -- only: citus
      BEGIN
        IF strays = 0 THEN
          EXECUTE format(
            'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
            child, parent, month_at, month_to
          );
        ELSE
          -- No row comes in between.
          EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent || '_default');
          EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', child, parent);
          EXECUTE format(
            'WITH moved AS (DELETE FROM %I WHERE at >= $1 AND at < $2 RETURNING *)'
            ' INSERT INTO %I SELECT * FROM moved',
            parent || '_default', child
          ) USING month_at, month_to;
          EXECUTE format(
            'ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
            parent, child, month_at, month_to
          );
        END IF;
        made := made + 1;
      EXCEPTION
        -- Another writer was faster, or a row came in between.
        WHEN duplicate_table OR unique_violation OR check_violation THEN NULL;
      END;
    END LOOP;
    month_at := month_to;
  END LOOP;
  RETURN made;
END
$function$;

-- Runs with its caller's rights: only the owner drops.
CREATE OR REPLACE FUNCTION drop_partitions(before_at timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $function$
DECLARE
  child record;
  parent text;
  gone int8;
BEGIN
  RETURN QUERY SELECT drop_chunks('reading', before_at); -- only: timescaledb
  RETURN QUERY SELECT drop_chunks('event', before_at); -- only: timescaledb
  RETURN QUERY SELECT drop_chunks('meter_frame', before_at); -- only: timescaledb
  RETURN; -- only: timescaledb
  FOR child IN
    SELECT c.relname
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class p ON p.oid = i.inhparent
    JOIN pg_namespace n ON n.oid = p.relnamespace
    WHERE n.nspname = current_schema()
      AND p.relname IN ('reading', 'event', 'meter_frame')
      AND c.relname ~ '_\d{4}_\d{2}$'
      AND to_timestamp(right(c.relname, 7) || ' +00', 'YYYY_MM TZH') + interval '1 month' <= before_at
    ORDER BY c.relname
  LOOP
    EXECUTE format('DROP TABLE %I', child.relname);
    RETURN NEXT child.relname;
  END LOOP;
  FOREACH parent IN ARRAY ARRAY['reading', 'event', 'meter_frame'] LOOP
    EXECUTE format('DELETE FROM %I WHERE at < $1', parent || '_default')
    USING date_trunc('month', before_at, 'UTC');
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone > 0 THEN
      RETURN NEXT parent || '_default';
    END IF;
  END LOOP;
END
$function$;
COMMENT ON FUNCTION drop_partitions IS 'Drop the raw readings, events and frames of all months that ended by then, also those that lie in a default partition; hours and days stay. Returns the names of what went or lost rows.';
