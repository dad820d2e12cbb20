-- Questions that people ask of a park, each with its name. A colon and a word is
-- something to fill in.
--
--   scripts/database query                                what there is
--   scripts/database query biggest --days 7 --limit 5     one of them
--
-- In psql: \set days 7 and so on, then the statement.

-- name: biggest
-- What draws most of each site's energy: the first ones of every site.
SELECT * FROM (
  SELECT site, rank() OVER (PARTITION BY site ORDER BY sum(energy_wh) DESC) AS place,
    sector, subject, round(sum(energy_wh)::numeric / 1000, 2) AS energy_kwh
  FROM energy_day
  WHERE subject_kind = 'socket' AND day >= current_date - :days
  GROUP BY site, sector, subject
) AS ranked
WHERE place <= :limit
ORDER BY site, place;

-- name: standby
-- What draws power while nobody is there (1 to 5 at night, mean of the hours).
SELECT site, sector, subject, round(avg(value_mean)::numeric, 1) AS night_w,
  round(avg(value_mean)::numeric * 8.76, 0) AS kwh_a_year
FROM named_hour
WHERE subject_kind = 'socket' AND metric = 'power_w'
  AND hour_at >= now() - :days * interval '1 day'
  AND extract(hour FROM hour_at AT TIME ZONE time_zone) BETWEEN 1 AND 4
GROUP BY site, sector, subject
HAVING avg(value_mean) > 0.5
ORDER BY night_w DESC
LIMIT :limit;

-- name: rooms
-- Energy of each room by week.
SELECT site, sector, date_trunc('week', day)::date AS week,
  round(sum(energy_wh)::numeric / 1000, 2) AS energy_kwh
FROM energy_day
WHERE subject_kind = 'socket' AND day >= current_date - :days
GROUP BY site, sector, week
ORDER BY site, sector, week
LIMIT :limit;

-- name: peaks
-- The hours in which a site came closest to its subscribed power.
SELECT h.site, h.hour_at, h.value_max AS apparent_power_va,
  round((100 * h.value_max / m.subscribed_power_va)::numeric, 1) AS percent
FROM named_hour h
JOIN meter m ON m.site_id = h.site_id AND m.meter_id = h.subject_id
WHERE h.subject_kind = 'meter' AND h.metric = 'apparent_power_va'
  AND h.hour_at >= now() - :days * interval '1 day' AND m.subscribed_power_va > 0
ORDER BY percent DESC
LIMIT :limit;

-- name: reasons
-- Why sockets and rooms were switched, and how often.
SELECT i.name AS site, e.source, e.reason, e.is_on, count(*) AS times, max(e.at) AS last_at
FROM event e JOIN site i ON i.site_id = e.site_id
WHERE e.kind = 'order' AND e.detail ->> 'refused' IS NULL
  AND e.at >= now() - :days * interval '1 day'
GROUP BY i.name, e.source, e.reason, e.is_on
ORDER BY site, times DESC
LIMIT :limit;

-- name: results
-- What switching jobs came to, and why computers stayed on.
SELECT i.name AS site, e.detail ->> 'outcome' AS outcome, e.reason, count(*) AS times, max(e.at) AS last_at
FROM event e JOIN site i ON i.site_id = e.site_id
WHERE e.kind = 'result' AND e.at >= now() - :days * interval '1 day'
GROUP BY i.name, outcome, e.reason
ORDER BY site, times DESC
LIMIT :limit;

-- name: shed
-- What was shed, how often, and for how many minutes until it came back.
SELECT i.name AS site, k.name AS socket, k.priority, count(*) AS times,
  round(avg(extract(epoch FROM back.at - e.at))::numeric / 60, 1) AS minutes
FROM event e
JOIN site i ON i.site_id = e.site_id
JOIN socket k ON k.site_id = e.site_id AND k.socket_id = e.subject_id
LEFT JOIN LATERAL (
  SELECT r.at FROM event r
  WHERE r.site_id = e.site_id AND r.at > e.at AND r.at < e.at + interval '1 day'
    AND r.kind = 'restore' AND r.is_on AND r.subject_id = e.subject_id
  ORDER BY r.at LIMIT 1
) AS back ON true
WHERE e.kind = 'shed' AND NOT e.is_on AND e.at >= now() - :days * interval '1 day'
GROUP BY i.name, k.name, k.priority
ORDER BY times DESC, site, socket
LIMIT :limit;

-- name: unmeasured
-- What the meter counts and no socket explains, by day.
SELECT site, day,
  round(sum(energy_wh) FILTER (WHERE subject_kind = 'meter')::numeric / 1000, 2) AS meter_kwh,
  round(sum(energy_wh) FILTER (WHERE subject_kind = 'socket')::numeric / 1000, 2) AS sockets_kwh
FROM energy_day
WHERE metric IN ('energy_drawn_wh', 'energy_wh') AND day >= current_date - :days
GROUP BY site, day
ORDER BY site, day
LIMIT :limit;

-- name: places
-- Energy of districts, cities and regions by day.
SELECT country, region, city, district, day, count(DISTINCT site_id) AS sites,
  round(sum(energy_wh)::numeric / 1000, 1) AS energy_kwh
FROM energy_day
WHERE subject_kind = 'meter' AND metric = 'energy_drawn_wh' AND day >= current_date - :days
GROUP BY GROUPING SETS (
  (country, region, city, district, day), (country, region, city, day), (country, region, day), (country, day)
)
ORDER BY day, country, region NULLS FIRST, city NULLS FIRST, district NULLS FIRST
LIMIT :limit;

-- name: gaps
-- Series that have fallen silent, and since when.
SELECT n.site, n.subject_kind, n.subject, n.metric, max(h.hour_at) AS last_hour_at
FROM named_series n
JOIN reading_hour h ON h.site_id = n.site_id AND h.series_id = n.series_id
WHERE h.hour_at >= now() - :days * interval '1 day'
GROUP BY n.site, n.subject_kind, n.subject, n.metric
HAVING max(h.hour_at) < now() - interval '2 hours'
ORDER BY last_hour_at DESC
LIMIT :limit;

-- name: writers
-- Which sites write, and how far they are behind.
SELECT site, seen_at, silent_for, rows_waiting, lag_s
FROM writer_now
ORDER BY silent_for DESC
LIMIT :limit;

-- name: size
-- What takes how much room.
SELECT coalesce(p.relname, c.relname) AS name, count(*) AS parts,
  pg_size_pretty(sum(pg_table_size(c.oid))) AS rows_size,
  pg_size_pretty(sum(pg_indexes_size(c.oid))) AS indexes_size
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
LEFT JOIN pg_class p ON p.oid = i.inhparent
WHERE n.nspname = current_schema() AND c.relkind = 'r'
GROUP BY 1
ORDER BY sum(pg_total_relation_size(c.oid)) DESC
LIMIT :limit;
