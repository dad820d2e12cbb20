-- One partition a month for what grows with time, so that old months can be dropped
-- in milliseconds, and a default one, so that no clock is ever too wrong to write.

CREATE TABLE IF NOT EXISTS reading_default PARTITION OF reading DEFAULT; -- only: postgresql citus
CREATE TABLE IF NOT EXISTS event_default PARTITION OF event DEFAULT; -- only: postgresql citus
CREATE TABLE IF NOT EXISTS meter_frame_default PARTITION OF meter_frame DEFAULT; -- only: postgresql citus
COMMENT ON TABLE reading_default IS 'Readings of months that have no partition, such as those of a clock that ran away.'; -- only: postgresql citus
COMMENT ON TABLE event_default IS 'Events of months that have no partition.'; -- only: postgresql citus
COMMENT ON TABLE meter_frame_default IS 'Meter frames of months that have no partition.'; -- only: postgresql citus

-- Runs with its owner's rights: a writer needs none of its own to make tables.
CREATE OR REPLACE FUNCTION ensure_partitions(from_at timestamptz, to_at timestamptz)
RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
  home text := quote_ident(current_schema());
  made int4 := 0;
  -- Nobody measured before, and a clock that is years ahead belongs to the default.
  month_at timestamptz := date_trunc('month', greatest(from_at, timestamptz '2000-01-01 00:00Z'), 'UTC');
  last_at timestamptz := least(to_at, now() + interval '3 months');
  parent text;
  child text;
  stray bool;
BEGIN
  RETURN 0; -- only: timescaledb
  WHILE month_at <= last_at LOOP
    FOREACH parent IN ARRAY ARRAY['reading', 'event', 'meter_frame'] LOOP
      child := parent || to_char(month_at AT TIME ZONE 'UTC', '"_"YYYY"_"MM');
      CONTINUE WHEN to_regclass(home || '.' || child) IS NOT NULL;
      EXECUTE format(
        'SELECT EXISTS (SELECT FROM %I WHERE at >= $1 AND at < $2)', parent || '_default'
      ) INTO stray USING month_at, month_at + interval '1 month';
      -- Rows of this month already lie in the default partition: they stay there
      -- until somebody has the time to move them.
      CONTINUE WHEN stray;
      BEGIN
        EXECUTE format(
          'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
          child, parent, month_at, month_at + interval '1 month'
        );
        made := made + 1;
      EXCEPTION
        -- Another writer was faster, or a row came in between.
        WHEN duplicate_table OR unique_violation OR check_violation THEN NULL;
      END;
    END LOOP;
    month_at := month_at + interval '1 month';
  END LOOP;
  RETURN made;
END
$function$;
COMMENT ON FUNCTION ensure_partitions IS 'Make the monthly partitions between two instants that are missing, at most three months ahead; returns how many.';

-- Runs with its caller's rights: only the owner drops.
CREATE OR REPLACE FUNCTION drop_partitions(before_at timestamptz)
RETURNS SETOF text
LANGUAGE plpgsql SET search_path FROM CURRENT
AS $function$
DECLARE
  child record;
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
END
$function$;
COMMENT ON FUNCTION drop_partitions IS 'Drop the raw readings, events and frames of all months that ended by then; hours and days stay. Returns the names of what went.';

SELECT ensure_partitions(now() - interval '1 month', now() + interval '3 months');
