-- Events of a panel's circuits have their names, too, and the columns of all views are
-- explained.

CREATE OR REPLACE VIEW named_event AS
SELECT
  e.site_id,
  e.event_id,
  e.at,
  i.name AS site,
  i.country,
  i.region,
  i.city,
  i.district,
  i.time_zone,
  e.kind,
  e.subject_kind,
  e.subject_id,
  CASE e.subject_kind
    WHEN 'site' THEN i.name
    ELSE coalesce(m.name, s.name, p.name, k.name, c.name, e.subject_id)
  END AS subject,
  coalesce(s.name, ks.name) AS sector,
  k.role,
  e.is_on,
  e.source,
  e.reason,
  e.until,
  e.detail
FROM event e
JOIN site i ON i.site_id = e.site_id
LEFT JOIN meter m ON e.subject_kind = 'meter' AND m.site_id = e.site_id AND m.meter_id = e.subject_id
LEFT JOIN sector s ON e.subject_kind = 'sector' AND s.site_id = e.site_id AND s.sector_id = e.subject_id
LEFT JOIN plug p ON e.subject_kind = 'plug' AND p.site_id = e.site_id AND p.plug_id = e.subject_id
LEFT JOIN socket k ON e.subject_kind = 'socket' AND k.site_id = e.site_id AND k.socket_id = e.subject_id
LEFT JOIN channel c ON e.subject_kind = 'channel' AND c.site_id = e.site_id AND c.channel_id = e.subject_id
LEFT JOIN sector ks ON ks.site_id = k.site_id AND ks.sector_id = k.sector_id;

COMMENT ON TABLE event IS 'What happened and why: orders, wanted and actual states, jobs and their results, shedding, alarms; balance periods, which nothing writes yet. One row serves every kind: what a kind has beside these columns stands in detail, so that another kind needs no migration. A balance period will be such a row, written when it is over: at is its begin, until its end, subject the meter, reason how it was ended, and detail has energy_drawn_wh, energy_injected_wh and balance_wh.';

DO $words$
DECLARE
  named record;
BEGIN
  FOR named IN
    SELECT c.relname, a.attname, words.meaning
    FROM (VALUES
      ('site_id', 'Short number of the site.'),
      ('series_id', 'Short number of the series within its site.'),
      ('site', 'Name of the site.'),
      ('country', 'ISO 3166-1 code of the country.'),
      ('region', 'Region, state or province of the site.'),
      ('city', 'City or commune of the site.'),
      ('district', 'District of the city.'),
      ('time_zone', 'IANA zone that decides where the days of the site begin.'),
      ('subject_kind', 'What it is about: site, meter, sector, plug, socket, channel or entity.'),
      ('subject_id', 'Which one: its own id; empty for the site.'),
      ('subject', 'Its name, or its id where it has none.'),
      ('sector_id', 'The sector that it is, or is switched with today.'),
      ('sector', 'Name of that sector.'),
      ('role', 'What a socket feeds: computer, monitor, network or other.'),
      ('metric', 'What was measured, with the unit in the name.'),
      ('unit', 'The unit as a symbol; empty for none.'),
      ('at', 'When, by the clock of the site.'),
      ('value', 'The number, in the unit of its series.'),
      ('quality', 'Sum of flags, 0 is good; see reading.'),
      ('hour_at', 'Begin of the hour (UTC).'),
      ('day', 'The local day of the site.'),
      ('readings', 'How many readings it holds.'),
      ('thinned', 'How many of them are known by their sum only.'),
      ('value_mean', 'Mean of the values; over several meters the sum of their means.'),
      ('value_min', 'Smallest value.'),
      ('value_max', 'Largest value.'),
      ('energy_wh', 'What the counter counted in that time, in watt-hours.'),
      ('sites', 'How many sites are in it.'),
      ('event_id', 'Random number of the event.'),
      ('kind', 'What kind of thing happened; see event.'),
      ('is_on', 'The state that was ordered, wanted or seen; null where there is none.'),
      ('source', 'Who gave the order.'),
      ('reason', 'Why.'),
      ('until', 'When it ends, or ended.'),
      ('detail', 'What else there is to tell, by kind.'),
      ('writer_id', 'Random number of one run of the writer.'),
      ('started_at', 'When this run connected first, by the clock of the server.'),
      ('seen_at', 'When it was last heard of, by the clock of the server.'),
      ('rows_waiting', 'Rows in its spool at that time.'),
      ('lag_s', 'Seconds since everything measured until then had arrived.'),
      ('silent_for', 'How long nothing was heard of it.')
    ) AS words (attname, meaning)
    JOIN pg_attribute a ON a.attname = words.attname AND a.attnum > 0
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'v'
    WHERE c.relnamespace = quote_ident(current_schema())::regnamespace AND c.relname IN (
      'named_series', 'named_reading', 'named_hour', 'named_day', 'named_event',
      'energy_hour', 'energy_day', 'place_hour', 'writer_now'
    )
  LOOP
    EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', named.relname, named.attname, named.meaning);
  END LOOP;
END
$words$;
