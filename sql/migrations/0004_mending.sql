-- Sums that are not what the readings say are made right: somebody deleted readings,
-- or a server came back from a backup.

-- Runs with its owner's rights: a writer needs none of its own to delete sums.
CREATE OR REPLACE FUNCTION mend_sums(of_site int4, of_series int4[], of_day date)
RETURNS int4
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT
AS $function$
DECLARE
  zone text := (SELECT time_zone FROM site WHERE site_id = of_site);
  day_from timestamptz := of_day::timestamp AT TIME ZONE zone;
  day_to timestamptz := (of_day + 1)::timestamp AT TIME ZONE zone;
  hours_from timestamptz := date_bin('1 hour', day_from, timestamptz '2000-01-01 00:00Z');
  hours_to timestamptz := date_bin('1 hour', day_to + interval '59 minutes', timestamptz '2000-01-01 00:00Z');
  hours int4;
  days int4;
BEGIN
  -- Who adds to these sums meanwhile waits, and adds to what is right. The next
  -- statement sees what those have added for whom this one waits. Days before hours,
  -- as the statements that add go through them.
  PERFORM FROM reading_day
  WHERE site_id = of_site AND series_id = ANY(of_series) AND day = of_day
  ORDER BY series_id FOR UPDATE;
  PERFORM FROM reading_hour
  WHERE site_id = of_site AND series_id = ANY(of_series) AND hour_at >= hours_from AND hour_at < hours_to
  ORDER BY series_id, hour_at FOR UPDATE;

  -- Months are dropped from the oldest on: what lies before a series' first reading
  -- is known by its sums only.
  WITH kept AS (
    SELECT series_id, date_bin('1 hour', from_at, timestamptz '2000-01-01 00:00Z') AS from_at
    FROM (
      SELECT o.series_id, (
        SELECT min(r.at) FROM reading r WHERE r.site_id = of_site AND r.series_id = o.series_id
      ) AS from_at
      FROM unnest(of_series) AS o (series_id)
    ) AS first
  ), parts AS (
    SELECT series_id, date_bin('1 hour', at, timestamptz '2000-01-01 00:00Z') AS hour_at,
      1::int8 AS readings, 0::int8 AS thinned, value AS value_sum, value AS value_min, value AS value_max
    FROM reading
    WHERE site_id = of_site AND series_id = ANY(of_series) AND at >= hours_from AND at < hours_to
    UNION ALL
    SELECT series_id, hour_at, readings, readings, value_sum, value_min, value_max
    FROM reading_thinned
    WHERE site_id = of_site AND series_id = ANY(of_series) AND hour_at >= hours_from AND hour_at < hours_to
  ), truth AS (
    SELECT series_id, hour_at, sum(readings)::int8 AS readings, sum(thinned)::int8 AS thinned,
      sum(value_sum) AS value_sum, min(value_min) AS value_min, max(value_max) AS value_max
    FROM parts GROUP BY series_id, hour_at
  ), told AS (
    SELECT * FROM reading_hour
    WHERE site_id = of_site AND series_id = ANY(of_series) AND hour_at >= hours_from AND hour_at < hours_to
  ), wrong AS MATERIALIZED (
    SELECT series_id, hour_at, truth.readings, truth.thinned, truth.value_sum, truth.value_min, truth.value_max
    FROM truth FULL JOIN told USING (series_id, hour_at) JOIN kept USING (series_id)
    WHERE hour_at >= kept.from_at AND (
      (truth.readings, truth.thinned, truth.value_min, truth.value_max)
        IS DISTINCT FROM (told.readings, told.thinned, told.value_min, told.value_max)
      -- In another order numbers add up to a little more or less.
      OR abs(truth.value_sum - told.value_sum) > 1e-9 * truth.readings * greatest(abs(truth.value_min), abs(truth.value_max))
    )
  ), gone AS (
    DELETE FROM reading_hour h USING wrong w
    WHERE h.site_id = of_site AND h.series_id = w.series_id AND h.hour_at = w.hour_at AND w.readings IS NULL
  ), mended AS (
    INSERT INTO reading_hour AS h
    SELECT of_site, series_id, hour_at, readings, thinned, value_sum, value_min, value_max
    FROM wrong WHERE readings IS NOT NULL
    ON CONFLICT (site_id, series_id, hour_at) DO UPDATE SET
      readings = excluded.readings, thinned = excluded.thinned, value_sum = excluded.value_sum,
      value_min = excluded.value_min, value_max = excluded.value_max
  )
  SELECT count(*) INTO hours FROM wrong;

  WITH kept AS (
    SELECT series_id, from_at
    FROM (
      SELECT o.series_id, date_bin('1 hour', (
        SELECT min(r.at) FROM reading r WHERE r.site_id = of_site AND r.series_id = o.series_id
      ), timestamptz '2000-01-01 00:00Z') AS from_at
      FROM unnest(of_series) AS o (series_id)
    ) AS first
    -- Of a day whose begin was dropped, nothing but its sum tells all.
    WHERE from_at <= day_from OR from_at < day_to AND NOT EXISTS (
      SELECT FROM reading_hour h
      WHERE h.site_id = of_site AND h.series_id = first.series_id AND h.hour_at >= day_from AND h.hour_at < first.from_at
    )
  ), parts AS (
    SELECT series_id, 1::int8 AS readings, 0::int8 AS thinned, value AS value_sum, value AS value_min, value AS value_max
    FROM reading
    WHERE site_id = of_site AND series_id = ANY(of_series) AND at >= day_from AND at < day_to
    UNION ALL
    SELECT series_id, readings, readings, value_sum, value_min, value_max
    FROM reading_thinned
    WHERE site_id = of_site AND series_id = ANY(of_series) AND hour_at >= day_from AND hour_at < day_to
  ), truth AS (
    SELECT series_id, sum(readings)::int8 AS readings, sum(thinned)::int8 AS thinned,
      sum(value_sum) AS value_sum, min(value_min) AS value_min, max(value_max) AS value_max
    FROM parts GROUP BY series_id
  ), told AS (
    SELECT * FROM reading_day WHERE site_id = of_site AND series_id = ANY(of_series) AND day = of_day
  ), wrong AS MATERIALIZED (
    SELECT series_id, truth.readings, truth.thinned, truth.value_sum, truth.value_min, truth.value_max
    FROM truth FULL JOIN told USING (series_id) JOIN kept USING (series_id)
    WHERE (truth.readings, truth.thinned, truth.value_min, truth.value_max)
        IS DISTINCT FROM (told.readings, told.thinned, told.value_min, told.value_max)
      OR abs(truth.value_sum - told.value_sum) > 1e-9 * truth.readings * greatest(abs(truth.value_min), abs(truth.value_max))
  ), gone AS (
    DELETE FROM reading_day d USING wrong w
    WHERE d.site_id = of_site AND d.series_id = w.series_id AND d.day = of_day AND w.readings IS NULL
  ), mended AS (
    INSERT INTO reading_day AS d
    SELECT of_site, series_id, of_day, readings, thinned, value_sum, value_min, value_max
    FROM wrong WHERE readings IS NOT NULL
    ON CONFLICT (site_id, series_id, day) DO UPDATE SET
      readings = excluded.readings, thinned = excluded.thinned, value_sum = excluded.value_sum,
      value_min = excluded.value_min, value_max = excluded.value_max
  )
  SELECT count(*) INTO days FROM wrong;
  RETURN hours + days;
END
$function$;
COMMENT ON FUNCTION mend_sums IS 'Make the hours and the local day of some series what their readings add up to, where the readings are still there; returns how many sums were wrong.';
