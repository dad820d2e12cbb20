-- A plausible park: one site with a meter, three rooms and their stations, measured
-- every :step seconds from :'begin' to before :'end'. Periods come in their order, so
-- that counters go on.
--
--   scripts/database demo --days 30 --stations 24 --step 60
--
-- Running it again adds what is missing and counts nothing twice.

INSERT INTO site (site_id, uid, name, country, region, city, district, time_zone, updated_at)
SELECT
  1 + coalesce((SELECT max(site_id) FROM site), 0),
  :'uid', 'Demo school', 'FR', 'Grand Est', 'Nancy', 'Artem', 'Europe/Paris', now()
WHERE NOT EXISTS (SELECT FROM site WHERE uid = :'uid');

INSERT INTO meter (site_id, meter_id, name, mode, contract, subscribed_power_va, updated_at)
SELECT site_id, '021861348497', 'Linky', 'historique', 'HC..', 12000, now()
FROM site WHERE uid = :'uid'
ON CONFLICT DO NOTHING;

INSERT INTO sector (site_id, sector_id, name, updated_at)
SELECT site_id, 'room_' || n, 'Room ' || n, now()
FROM site, generate_series(1, 3) AS n WHERE uid = :'uid'
ON CONFLICT DO NOTHING;

INSERT INTO plug (site_id, plug_id, name, model, updated_at)
SELECT site_id, 'a8032ab0' || lpad(to_hex(n), 4, '0'), 'Station ' || n, 'SNSW-001X16EU', now()
FROM site, generate_series(1, :stations) AS n WHERE uid = :'uid'
ON CONFLICT DO NOTHING;

INSERT INTO socket
  (site_id, socket_id, plug_id, sector_id, number, name, role, priority, protected, updated_at)
SELECT
  site_id, plug_id || '_0', plug_id, 'room_' || (1 + n % 3), 0, name,
  CASE WHEN n % 8 = 0 THEN 'network' WHEN n % 2 = 0 THEN 'monitor' ELSE 'computer' END,
  1 + n % 10, n % 8 = 0, now()
FROM (
  SELECT p.*, substr(p.name, 9)::int4 AS n
  FROM plug p JOIN site i ON i.site_id = p.site_id WHERE i.uid = :'uid'
) AS stations
ON CONFLICT DO NOTHING;

INSERT INTO series (site_id, series_id, subject_kind, subject_id, metric, unit)
SELECT
  site_id,
  coalesce((SELECT max(series_id) FROM series s WHERE s.site_id = wanted.site_id), 0)
    + row_number() OVER (ORDER BY subject_kind, subject_id, metric),
  subject_kind, subject_id, metric, unit
FROM (
  SELECT i.site_id, subject_kind, subject_id, metric, unit
  FROM site i
  JOIN LATERAL (
    SELECT 'socket' AS subject_kind, socket_id AS subject_id FROM socket k WHERE k.site_id = i.site_id
    UNION ALL SELECT 'meter', meter_id FROM meter m WHERE m.site_id = i.site_id
  ) AS subjects ON true
  JOIN (
    VALUES ('socket', 'power_w', 'W'), ('socket', 'energy_wh', 'Wh'),
      ('meter', 'apparent_power_va', 'VA'), ('meter', 'energy_drawn_wh', 'Wh')
  ) AS metrics (kind, metric, unit) ON metrics.kind = subjects.subject_kind
  WHERE i.uid = :'uid'
) AS wanted
WHERE NOT EXISTS (
  SELECT FROM series s
  WHERE s.site_id = wanted.site_id AND s.subject_kind = wanted.subject_kind
    AND s.subject_id = wanted.subject_id AND s.metric = wanted.metric AND s.unit = wanted.unit
);

SELECT ensure_partitions(month_at, month_at)
FROM generate_series(
  date_trunc('month', timestamptz :'begin', 'UTC'), timestamptz :'end', interval '1 month'
) AS month_at;

-- What a station draws: hours of work on weekdays, standby at other times, and a
-- little noise that is the same each time this runs.
WITH instants AS (
  SELECT at, at AT TIME ZONE 'Europe/Paris' AS local
  FROM generate_series(
    date_bin(:step * interval '1 second', timestamptz :'begin', timestamptz '2000-01-01 00:00Z'),
    timestamptz :'end' - interval '1 second', :step * interval '1 second'
  ) AS at
), drawn AS (
  SELECT
    s.site_id, s.subject_id, k.role, i.at,
    CASE
      WHEN k.role = 'network' THEN 11
      WHEN extract(isodow FROM local) < 6 AND local::time BETWEEN '08:00' AND '18:00'
        THEN CASE k.role WHEN 'computer' THEN 62 ELSE 21 END
      ELSE CASE k.role WHEN 'computer' THEN 2.5 ELSE 0.6 END
    END * (0.9 + 0.2 * (hashint8(extract(epoch FROM i.at)::int8 # s.series_id) & 1023) / 1023.0) AS power_w
  FROM series s
  JOIN site USING (site_id)
  JOIN socket k ON k.site_id = s.site_id AND k.socket_id = s.subject_id
  CROSS JOIN instants i
  WHERE uid = :'uid' AND s.subject_kind = 'socket' AND s.metric = 'power_w'
), before AS (
  -- What each counter showed when these days began.
  SELECT s.site_id, s.subject_id, coalesce(max(r.value), 0) AS energy_wh
  FROM series s JOIN site USING (site_id)
  LEFT JOIN reading r ON r.site_id = s.site_id AND r.series_id = s.series_id
    AND r.at < (SELECT min(at) FROM instants)
  WHERE uid = :'uid' AND s.unit = 'Wh'
  GROUP BY s.site_id, s.subject_id
), valued AS (
  SELECT site_id, 'socket' AS kind, subject_id, 'power_w' AS metric, at, round(power_w::numeric, 1)::float8 AS value
  FROM drawn
  UNION ALL
  SELECT site_id, 'socket', subject_id, 'energy_wh', at,
    round((energy_wh + sum(power_w) OVER (PARTITION BY subject_id ORDER BY at) * :step / 3600.0)::numeric, 1)::float8
  FROM drawn JOIN before USING (site_id, subject_id)
  UNION ALL
  SELECT d.site_id, 'meter', meter_id, 'apparent_power_va', at, 10 * round(sum(power_w)::numeric / 8.5)::float8
  FROM drawn d JOIN meter m ON m.site_id = d.site_id GROUP BY d.site_id, meter_id, at
  UNION ALL
  SELECT site_id, 'meter', subject_id, 'energy_drawn_wh', at,
    round(energy_wh + sum(power_w) OVER (PARTITION BY subject_id ORDER BY at) * :step / 3600.0)::float8
  FROM (
    SELECT d.site_id, meter_id AS subject_id, at, sum(power_w) AS power_w
    FROM drawn d JOIN meter m ON m.site_id = d.site_id GROUP BY d.site_id, meter_id, at
  ) AS whole JOIN before USING (site_id, subject_id)
), fresh AS (
  INSERT INTO reading
  SELECT s.site_id, s.series_id, v.at, v.value, 0
  FROM valued v JOIN series s
    ON s.site_id = v.site_id AND s.subject_kind = v.kind AND s.subject_id = v.subject_id AND s.metric = v.metric
  ON CONFLICT DO NOTHING
  RETURNING site_id, series_id, at, value
), hours AS (
  INSERT INTO reading_hour AS h
  SELECT site_id, series_id, date_bin('1 hour', at, timestamptz '2000-01-01 00:00Z'),
    count(*), 0, sum(value), min(value), max(value)
  FROM fresh GROUP BY 1, 2, 3
  ON CONFLICT (site_id, series_id, hour_at) DO UPDATE SET
    readings = h.readings + excluded.readings,
    value_sum = h.value_sum + excluded.value_sum,
    value_min = least(h.value_min, excluded.value_min),
    value_max = greatest(h.value_max, excluded.value_max)
)
INSERT INTO reading_day AS d
SELECT site_id, series_id, (at AT TIME ZONE 'Europe/Paris')::date,
  count(*), 0, sum(value), min(value), max(value)
FROM fresh GROUP BY 1, 2, 3
ON CONFLICT (site_id, series_id, day) DO UPDATE SET
  readings = d.readings + excluded.readings,
  value_sum = d.value_sum + excluded.value_sum,
  value_min = least(d.value_min, excluded.value_min),
  value_max = greatest(d.value_max, excluded.value_max);

-- Rooms are closed in the evening and opened in the morning.
INSERT INTO event
  (site_id, at, event_id, kind, subject_kind, subject_id, is_on, source, reason, until, detail)
SELECT
  i.site_id, (day + opening) AT TIME ZONE 'Europe/Paris', hashint8extended(extract(epoch FROM day)::int8, 1),
  'order', 'sector', sector_id, opening < time '12:00', 'schedule', 'schedule', NULL, '{}'
FROM site i JOIN sector c ON c.site_id = i.site_id,
  generate_series(
    (timestamptz :'begin')::date::timestamp, (timestamptz :'end' - interval '1 day')::date::timestamp, interval '1 day'
  ) AS day,
  (VALUES (time '07:45'), (time '19:30')) AS hours (opening)
WHERE i.uid = :'uid' AND extract(isodow FROM day) < 6
ON CONFLICT DO NOTHING;

-- In the evening a job shuts the computers down, one after the other; some people stay.
INSERT INTO event
  (site_id, at, event_id, kind, subject_kind, subject_id, is_on, source, reason, until, detail)
SELECT
  site_id, (day + time '19:30') AT TIME ZONE 'Europe/Paris' + n * interval '20 seconds',
  hashint8extended(extract(epoch FROM day)::int8, 2 + n),
  'result', 'socket', socket_id, false, 'schedule', CASE WHEN stays THEN 'working' ELSE 'schedule' END, NULL,
  jsonb_build_object('outcome', CASE WHEN stays THEN 'left_on' ELSE 'off' END, 'station', name)
FROM (
  SELECT k.*, day, substr(k.name, 9)::int4 AS n,
    hashint8(extract(epoch FROM day)::int8 # substr(k.name, 9)::int8) & 15 = 0 AS stays
  FROM site i JOIN socket k ON k.site_id = i.site_id,
    generate_series(
      (timestamptz :'begin')::date::timestamp, (timestamptz :'end' - interval '1 day')::date::timestamp, interval '1 day'
    ) AS day
  WHERE i.uid = :'uid' AND k.role = 'computer' AND extract(isodow FROM day) < 6
) AS evenings
ON CONFLICT DO NOTHING;

-- At noon the kitchen is busy: what may go first goes for some minutes.
INSERT INTO event
  (site_id, at, event_id, kind, subject_kind, subject_id, is_on, source, reason, until, detail)
SELECT
  k.site_id, (day + noon) AT TIME ZONE 'Europe/Paris',
  hashint8extended(extract(epoch FROM day + noon)::int8, substr(k.name, 9)::int8),
  kind, 'socket', k.socket_id, kind = 'restore', 'safety', CASE kind WHEN 'shed' THEN 'shed' ELSE 'restored' END, NULL,
  jsonb_build_object('cause', 'limit', 'meter', meter_id)
FROM site i JOIN socket k ON k.site_id = i.site_id JOIN meter m ON m.site_id = i.site_id,
  generate_series(
    (timestamptz :'begin')::date::timestamp, (timestamptz :'end' - interval '1 day')::date::timestamp, interval '1 day'
  ) AS day,
  (VALUES ('shed', time '12:10'), ('restore', time '12:18')) AS noons (kind, noon)
WHERE i.uid = :'uid' AND k.priority >= 9 AND NOT k.protected AND extract(isodow FROM day) < 6
ON CONFLICT DO NOTHING;
