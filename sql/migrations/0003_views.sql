-- What people and dashboards read: names instead of numbers.

CREATE OR REPLACE VIEW named_series AS
SELECT
  i.site_id,
  r.series_id,
  i.name AS site,
  i.country,
  i.region,
  i.city,
  i.district,
  i.time_zone,
  r.subject_kind,
  r.subject_id,
  CASE r.subject_kind
    WHEN 'site' THEN i.name
    ELSE coalesce(m.name, s.name, p.name, k.name, c.name, r.subject_id)
  END AS subject,
  coalesce(s.sector_id, k.sector_id) AS sector_id,
  coalesce(s.name, ks.name) AS sector,
  k.role,
  r.metric,
  r.unit
FROM series r
JOIN site i ON i.site_id = r.site_id
LEFT JOIN meter m ON r.subject_kind = 'meter' AND m.site_id = r.site_id AND m.meter_id = r.subject_id
LEFT JOIN sector s ON r.subject_kind = 'sector' AND s.site_id = r.site_id AND s.sector_id = r.subject_id
LEFT JOIN plug p ON r.subject_kind = 'plug' AND p.site_id = r.site_id AND p.plug_id = r.subject_id
LEFT JOIN socket k ON r.subject_kind = 'socket' AND k.site_id = r.site_id AND k.socket_id = r.subject_id
LEFT JOIN channel c ON r.subject_kind = 'channel' AND c.site_id = r.site_id AND c.channel_id = r.subject_id
LEFT JOIN sector ks ON ks.site_id = k.site_id AND ks.sector_id = k.sector_id;
COMMENT ON VIEW named_series IS 'Every series with the names of what it measures and where that is.';

CREATE OR REPLACE VIEW named_reading AS
SELECT n.*, d.at, d.value, d.quality
FROM reading d JOIN named_series n ON n.site_id = d.site_id AND n.series_id = d.series_id;
COMMENT ON VIEW named_reading IS 'Every reading with its names. Ask it for hours, not for months.';

CREATE OR REPLACE VIEW named_hour AS
SELECT n.*, d.hour_at, d.readings, d.thinned, d.value_sum / d.readings AS value_mean, d.value_min, d.value_max
FROM reading_hour d JOIN named_series n ON n.site_id = d.site_id AND n.series_id = d.series_id;
COMMENT ON VIEW named_hour IS 'Readings by hour with their names.';

CREATE OR REPLACE VIEW named_day AS
SELECT n.*, d.day, d.readings, d.thinned, d.value_sum / d.readings AS value_mean, d.value_min, d.value_max
FROM reading_day d JOIN named_series n ON n.site_id = d.site_id AND n.series_id = d.series_id;
COMMENT ON VIEW named_day IS 'Readings by local day with their names.';

-- A counter is read at some second of the hour: what it counted until its next
-- reading belongs to this hour. Looked up row by row, so that a question about one
-- counter reads no other.
CREATE OR REPLACE VIEW energy_hour AS
SELECT
  n.*,
  d.hour_at,
  greatest(
    coalesce(
      (
        SELECT later.value_min FROM reading_hour later
        WHERE later.site_id = d.site_id AND later.series_id = d.series_id AND later.hour_at > d.hour_at
        ORDER BY later.hour_at LIMIT 1
      ),
      d.value_max
    ) - d.value_min,
    0
  ) AS energy_wh
FROM reading_hour d JOIN named_series n ON n.site_id = d.site_id AND n.series_id = d.series_id
WHERE n.unit = 'Wh';
COMMENT ON VIEW energy_hour IS 'Energy by hour, in Wh, from every counter.';

CREATE OR REPLACE VIEW energy_day AS
SELECT
  n.*,
  d.day,
  greatest(
    coalesce(
      (
        SELECT later.value_min FROM reading_day later
        WHERE later.site_id = d.site_id AND later.series_id = d.series_id AND later.day > d.day
        ORDER BY later.day LIMIT 1
      ),
      d.value_max
    ) - d.value_min,
    0
  ) AS energy_wh
FROM reading_day d JOIN named_series n ON n.site_id = d.site_id AND n.series_id = d.series_id
WHERE n.unit = 'Wh';
COMMENT ON VIEW energy_day IS 'Energy by local day, in Wh, from every counter.';

CREATE OR REPLACE VIEW place_hour AS
SELECT
  country, region, city, district, metric, unit, hour_at,
  count(DISTINCT site_id) AS sites,
  sum(value_mean) AS value_mean,
  sum(readings) AS readings
FROM named_hour
WHERE subject_kind = 'meter'
GROUP BY country, region, city, district, metric, unit, hour_at;
COMMENT ON VIEW place_hour IS 'What the meters of a district show together, by hour: sum again for a city, a region, a country.';

CREATE OR REPLACE VIEW writer_now AS
SELECT DISTINCT ON (w.site_id) i.name AS site, w.*, now() - w.seen_at AS silent_for
FROM writer w JOIN site i ON i.site_id = w.site_id
ORDER BY w.site_id, w.seen_at DESC;
COMMENT ON VIEW writer_now IS 'Which sites write, how far they are behind, and which have fallen silent.';
