-- What one park or a hundred thousand of them measured, and why each socket is in
-- its state.
--
-- Names without a schema: whoever runs this file sets the search_path first. A line
-- that ends in "-- only: ENGINE..." is left out on every other engine; the engines
-- are postgresql, timescaledb and citus. Nothing here needs triggers, sequences,
-- advisory locks, temporary tables or foreign keys: each is missing or limited on
-- one of the databases that speak PostgreSQL. Everything may run again: what is
-- there stays, and what somebody dropped comes back.

CREATE TABLE IF NOT EXISTS site (
  site_id int4 PRIMARY KEY,
  uid text NOT NULL UNIQUE,
  name text NOT NULL,
  country text,
  region text,
  city text,
  district text,
  time_zone text NOT NULL,
  updated_at timestamptz NOT NULL
);
COMMENT ON TABLE site IS 'A park: one building, school, office or home, and where it is.';
COMMENT ON COLUMN site.site_id IS 'Short number of the site, given by this database at its first connection.';
COMMENT ON COLUMN site.uid IS 'The site''s own unique text, the same in every database it ever writes to.';
COMMENT ON COLUMN site.name IS 'What people call it.';
COMMENT ON COLUMN site.country IS 'ISO 3166-1 code, such as FR.';
COMMENT ON COLUMN site.region IS 'Region, state or province.';
COMMENT ON COLUMN site.city IS 'City or commune.';
COMMENT ON COLUMN site.district IS 'District of the city.';
COMMENT ON COLUMN site.time_zone IS 'IANA zone that decides where its days begin, such as Europe/Paris.';
COMMENT ON COLUMN site.updated_at IS 'When the site last told this about itself.';

CREATE TABLE IF NOT EXISTS writer (
  site_id int4 NOT NULL,
  writer_id int8 NOT NULL,
  started_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  rows_waiting int8 NOT NULL,
  lag_s float8 NOT NULL,
  PRIMARY KEY (site_id, writer_id)
);
COMMENT ON TABLE writer IS 'Who writes for a site, and how far behind. Two that are seen at once are a copy of a site.';
COMMENT ON COLUMN writer.site_id IS 'The site that it writes for.';
COMMENT ON COLUMN writer.writer_id IS 'Random number of one run of the writer.';
COMMENT ON COLUMN writer.started_at IS 'When this run connected first, by this server''s clock.';
COMMENT ON COLUMN writer.seen_at IS 'When it was last heard of, by this server''s clock.';
COMMENT ON COLUMN writer.rows_waiting IS 'Rows in its spool at that time.';
COMMENT ON COLUMN writer.lag_s IS 'Seconds since everything measured until then had arrived here.';

CREATE TABLE IF NOT EXISTS meter (
  site_id int4 NOT NULL,
  meter_id text NOT NULL,
  name text NOT NULL,
  mode text,
  contract text,
  subscribed_power_va int4,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (site_id, meter_id)
);
COMMENT ON TABLE meter IS 'A delivery point of the grid: one Linky meter.';
COMMENT ON COLUMN meter.site_id IS 'The site it stands at.';
COMMENT ON COLUMN meter.meter_id IS 'Serial number of the meter (ADCO or ADSC).';
COMMENT ON COLUMN meter.name IS 'What people call it.';
COMMENT ON COLUMN meter.mode IS 'Language of its customer output: historique or standard.';
COMMENT ON COLUMN meter.contract IS 'Contract as the meter names it (OPTARIF or NGTF).';
COMMENT ON COLUMN meter.subscribed_power_va IS 'Subscribed apparent power, in volt-amperes.';
COMMENT ON COLUMN meter.updated_at IS 'When the site last told this about it.';
COMMENT ON COLUMN meter.removed_at IS 'When it left the site; null while it belongs to it.';

CREATE TABLE IF NOT EXISTS sector (
  site_id int4 NOT NULL,
  sector_id text NOT NULL,
  name text NOT NULL,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (site_id, sector_id)
);
COMMENT ON TABLE sector IS 'A part of a park that is switched as one: a room, a row.';
COMMENT ON COLUMN sector.site_id IS 'The site it belongs to.';
COMMENT ON COLUMN sector.sector_id IS 'The site''s own unique text for it.';
COMMENT ON COLUMN sector.name IS 'What people call it.';
COMMENT ON COLUMN sector.updated_at IS 'When the site last told this about it.';
COMMENT ON COLUMN sector.removed_at IS 'When it left the site; null while it belongs to it.';

CREATE TABLE IF NOT EXISTS plug (
  site_id int4 NOT NULL,
  plug_id text NOT NULL,
  name text NOT NULL,
  model text,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (site_id, plug_id)
);
COMMENT ON TABLE plug IS 'A networked device with one or more sockets.';
COMMENT ON COLUMN plug.site_id IS 'The site it belongs to.';
COMMENT ON COLUMN plug.plug_id IS 'Its MAC address in twelve hexadecimal digits, or its serial number.';
COMMENT ON COLUMN plug.name IS 'What people call it.';
COMMENT ON COLUMN plug.model IS 'Model as the device names it.';
COMMENT ON COLUMN plug.updated_at IS 'When the site last told this about it.';
COMMENT ON COLUMN plug.removed_at IS 'When it left the site; null while it belongs to it.';

CREATE TABLE IF NOT EXISTS socket (
  site_id int4 NOT NULL,
  socket_id text NOT NULL,
  plug_id text NOT NULL,
  sector_id text,
  number int4 NOT NULL,
  name text NOT NULL,
  role text NOT NULL,
  priority int2 NOT NULL,
  protected bool NOT NULL,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (site_id, socket_id)
);
COMMENT ON TABLE socket IS 'What is switched and measured: one socket of a plug.';
COMMENT ON COLUMN socket.site_id IS 'The site it belongs to.';
COMMENT ON COLUMN socket.socket_id IS 'Its plug''s id and its number, joined by an underscore.';
COMMENT ON COLUMN socket.plug_id IS 'The plug it is part of.';
COMMENT ON COLUMN socket.sector_id IS 'The sector it is switched with today; null for none.';
COMMENT ON COLUMN socket.number IS 'The device''s own number of the socket.';
COMMENT ON COLUMN socket.name IS 'What people call it.';
COMMENT ON COLUMN socket.role IS 'What it feeds: computer, monitor, network or other.';
COMMENT ON COLUMN socket.priority IS 'From 1 (kept longest) to 10 (shed first).';
COMMENT ON COLUMN socket.protected IS 'True when no rule may switch it off.';
COMMENT ON COLUMN socket.updated_at IS 'When the site last told this about it.';
COMMENT ON COLUMN socket.removed_at IS 'When it left the site; null while it belongs to it.';

CREATE TABLE IF NOT EXISTS channel (
  site_id int4 NOT NULL,
  channel_id text NOT NULL,
  plug_id text NOT NULL,
  number int4 NOT NULL,
  name text NOT NULL,
  updated_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (site_id, channel_id)
);
COMMENT ON TABLE channel IS 'What is measured and cannot be switched: a circuit of a panel''s meter.';
COMMENT ON COLUMN channel.site_id IS 'The site it belongs to.';
COMMENT ON COLUMN channel.channel_id IS 'Its device''s id and its number, joined by an underscore.';
COMMENT ON COLUMN channel.plug_id IS 'The device that measures it, as in plug.';
COMMENT ON COLUMN channel.number IS 'Its number at the device, as this site counts.';
COMMENT ON COLUMN channel.name IS 'What people call it.';
COMMENT ON COLUMN channel.updated_at IS 'When the site last told this about it.';
COMMENT ON COLUMN channel.removed_at IS 'When it left the site; null while it belongs to it.';

CREATE TABLE IF NOT EXISTS series (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  metric text NOT NULL,
  unit text NOT NULL,
  PRIMARY KEY (site_id, series_id),
  UNIQUE (site_id, subject_kind, subject_id, metric, unit)
);
COMMENT ON TABLE series IS 'What a number of readings means: whose, of what, in which unit.';
COMMENT ON COLUMN series.site_id IS 'The site that measures it.';
COMMENT ON COLUMN series.series_id IS 'Short number of the series within its site.';
COMMENT ON COLUMN series.subject_kind IS 'What was measured: site, meter, sector, plug, socket, channel, or entity of Home Assistant.';
COMMENT ON COLUMN series.subject_id IS 'Which one: its meter_id, sector_id, plug_id, socket_id, channel_id or entity id; empty for the site.';
COMMENT ON COLUMN series.metric IS 'What of it, with the unit in the name: power_w, apparent_power_va, energy_wh; state for an entity.';
COMMENT ON COLUMN series.unit IS 'The unit as a symbol: W, VA, Wh; empty for none.';

CREATE TABLE IF NOT EXISTS reading (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  at timestamptz NOT NULL,
  value float8 NOT NULL,
  quality int2 NOT NULL,
  -- Without INCLUDE (value): it keeps B-tree pages of growing series half empty.
  PRIMARY KEY (site_id, series_id, at)
)
PARTITION BY RANGE (at) -- only: postgresql citus
;
CREATE INDEX IF NOT EXISTS reading_at ON reading USING brin (at) WITH (pages_per_range = 32);
COMMENT ON TABLE reading IS 'Every measurement, once: a site measures a series at most once at an instant.';
COMMENT ON COLUMN reading.site_id IS 'The site that measured.';
COMMENT ON COLUMN reading.series_id IS 'What was measured: see series.';
COMMENT ON COLUMN reading.at IS 'When, by the site''s clock.';
COMMENT ON COLUMN reading.value IS 'The number, in the unit of its series.';
COMMENT ON COLUMN reading.quality IS 'Sum of flags, 0 is good: 1 the site''s clock was wrong, 2 filled in later from the site''s own history, 4 estimated.';

CREATE TABLE IF NOT EXISTS reading_hour (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  hour_at timestamptz NOT NULL,
  readings int8 NOT NULL,
  thinned int8 NOT NULL,
  value_sum float8 NOT NULL,
  value_min float8 NOT NULL,
  value_max float8 NOT NULL,
  PRIMARY KEY (site_id, series_id, hour_at)
)
WITH (fillfactor = 80);
COMMENT ON TABLE reading_hour IS 'Readings by hour (UTC), kept up by the very statement that stores a reading. An hour without readings has no row.';
COMMENT ON COLUMN reading_hour.site_id IS 'The site that measured.';
COMMENT ON COLUMN reading_hour.series_id IS 'What was measured: see series.';
COMMENT ON COLUMN reading_hour.hour_at IS 'Begin of the hour.';
COMMENT ON COLUMN reading_hour.readings IS 'How many readings it holds.';
COMMENT ON COLUMN reading_hour.thinned IS 'How many of them are only here, because the site had no room to keep them one by one or knew no more of the hour.';
COMMENT ON COLUMN reading_hour.value_sum IS 'Sum of the values; the mean is value_sum / readings.';
COMMENT ON COLUMN reading_hour.value_min IS 'Smallest value.';
COMMENT ON COLUMN reading_hour.value_max IS 'Largest value. Of a counter, what it showed last.';

CREATE TABLE IF NOT EXISTS reading_day (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  day date NOT NULL,
  readings int8 NOT NULL,
  thinned int8 NOT NULL,
  value_sum float8 NOT NULL,
  value_min float8 NOT NULL,
  value_max float8 NOT NULL,
  PRIMARY KEY (site_id, series_id, day)
)
WITH (fillfactor = 80);
COMMENT ON TABLE reading_day IS 'Readings by day of the site''s time zone, kept up like reading_hour.';
COMMENT ON COLUMN reading_day.site_id IS 'The site that measured.';
COMMENT ON COLUMN reading_day.series_id IS 'What was measured: see series.';
COMMENT ON COLUMN reading_day.day IS 'The local day.';
COMMENT ON COLUMN reading_day.readings IS 'How many readings it holds.';
COMMENT ON COLUMN reading_day.thinned IS 'How many of them are only here, because the site had no room to keep them one by one or knew no more of the hour.';
COMMENT ON COLUMN reading_day.value_sum IS 'Sum of the values; the mean is value_sum / readings.';
COMMENT ON COLUMN reading_day.value_min IS 'Smallest value.';
COMMENT ON COLUMN reading_day.value_max IS 'Largest value. Of a counter, what it showed last.';

CREATE TABLE IF NOT EXISTS reading_thinned (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  hour_at timestamptz NOT NULL,
  part_id int8 NOT NULL,
  readings int8 NOT NULL,
  value_sum float8 NOT NULL,
  value_min float8 NOT NULL,
  value_max float8 NOT NULL,
  PRIMARY KEY (site_id, series_id, hour_at, part_id)
);
COMMENT ON TABLE reading_thinned IS 'Readings that arrived as sums of an hour, because the database was away for longer than the site had room, or because no more is known of the past. They are part of reading_hour and reading_day.';
COMMENT ON COLUMN reading_thinned.site_id IS 'The site that measured.';
COMMENT ON COLUMN reading_thinned.series_id IS 'What was measured: see series.';
COMMENT ON COLUMN reading_thinned.hour_at IS 'Begin of the hour (UTC).';
COMMENT ON COLUMN reading_thinned.part_id IS 'Random number, so that a part that is sent again is not counted again; negative for an hour of Home Assistant''s statistics, which holds its mean as one reading.';
COMMENT ON COLUMN reading_thinned.readings IS 'How many readings it holds.';
COMMENT ON COLUMN reading_thinned.value_sum IS 'Sum of the values.';
COMMENT ON COLUMN reading_thinned.value_min IS 'Smallest value.';
COMMENT ON COLUMN reading_thinned.value_max IS 'Largest value.';

CREATE TABLE IF NOT EXISTS reading_conflict (
  site_id int4 NOT NULL,
  series_id int4 NOT NULL,
  at timestamptz NOT NULL,
  value float8 NOT NULL,
  quality int2 NOT NULL,
  noticed_at timestamptz NOT NULL,
  PRIMARY KEY (site_id, series_id, at, value)
);
COMMENT ON TABLE reading_conflict IS 'Readings of an instant that already has another value: a clock was set back, or two writers share a site. Kept, but not counted.';
COMMENT ON COLUMN reading_conflict.site_id IS 'The site that measured.';
COMMENT ON COLUMN reading_conflict.series_id IS 'What was measured: see series.';
COMMENT ON COLUMN reading_conflict.at IS 'When, by the site''s clock.';
COMMENT ON COLUMN reading_conflict.value IS 'The number that came second.';
COMMENT ON COLUMN reading_conflict.quality IS 'As in reading.';
COMMENT ON COLUMN reading_conflict.noticed_at IS 'When it came, by this server''s clock.';

CREATE TABLE IF NOT EXISTS event (
  site_id int4 NOT NULL,
  at timestamptz NOT NULL,
  event_id int8 NOT NULL,
  kind text NOT NULL,
  subject_kind text NOT NULL,
  subject_id text NOT NULL,
  is_on bool,
  source text,
  reason text,
  until timestamptz,
  detail jsonb NOT NULL,
  PRIMARY KEY (site_id, at, event_id)
)
PARTITION BY RANGE (at) -- only: postgresql citus
;
COMMENT ON TABLE event IS 'What happened and why: orders, wanted and actual states, jobs and their results, shedding, balance periods, alarms. One row serves every kind: what a kind has beside these columns stands in detail, so that another kind needs no migration. A balance period is such a row, written when it is over: at is its begin, until its end, subject the meter, reason how it was ended, and detail has energy_drawn_wh, energy_injected_wh and balance_wh.';
COMMENT ON COLUMN event.site_id IS 'The site it happened at.';
COMMENT ON COLUMN event.at IS 'When, by the site''s clock.';
COMMENT ON COLUMN event.event_id IS 'Random number: two equal events may share an instant, and one that is sent again is stored once.';
COMMENT ON COLUMN event.kind IS 'order, wanted, actual, job (a switching job was taken on), result (what it came to at one socket), trial (what a test run found out of a computer), shed, restore, balance_period, alarm, state (what a meter or an entity tells in words) or mirror (what this mirror itself tells).';
COMMENT ON COLUMN event.subject_kind IS 'What it is about: site, meter, sector, plug, socket, channel or entity.';
COMMENT ON COLUMN event.subject_id IS 'Which one, as in series.';
COMMENT ON COLUMN event.is_on IS 'The state that was ordered, wanted or seen; null where there is none.';
COMMENT ON COLUMN event.source IS 'Who gave the order: safety, person, schedule or balance.';
COMMENT ON COLUMN event.reason IS 'Why: one vocabulary for the whole park.';
COMMENT ON COLUMN event.until IS 'When the order ends; null for never. When a balance period ended.';
COMMENT ON COLUMN event.detail IS 'What else there is to tell, by kind. order: refused and group; job: job; result: job, outcome and station; trial: trial, station and what was learnt; shed and restore: meter, cause, power; alarm: level, or what was predicted; balance_period: see the table.';

CREATE TABLE IF NOT EXISTS meter_frame (
  site_id int4 NOT NULL,
  meter_id text NOT NULL,
  at timestamptz NOT NULL,
  mode text NOT NULL,
  complete bool NOT NULL,
  labels jsonb NOT NULL,
  PRIMARY KEY (site_id, meter_id, at)
)
PARTITION BY RANGE (at) -- only: postgresql citus
;
COMMENT ON TABLE meter_frame IS 'What a meter said, label by label.';
COMMENT ON COLUMN meter_frame.site_id IS 'The site it stands at.';
COMMENT ON COLUMN meter_frame.meter_id IS 'Serial number of the meter.';
COMMENT ON COLUMN meter_frame.at IS 'When it was received, by the site''s clock.';
COMMENT ON COLUMN meter_frame.mode IS 'historique or standard.';
COMMENT ON COLUMN meter_frame.complete IS 'False for a frame that was cut or read early.';
COMMENT ON COLUMN meter_frame.labels IS 'Every good group: label to text, or to value and horodate where the meter dates it.';

SELECT create_hypertable('reading', by_range('at', INTERVAL '7 days'), create_default_indexes => false, if_not_exists => true); -- only: timescaledb
SELECT create_hypertable('event', by_range('at', INTERVAL '30 days'), create_default_indexes => false, if_not_exists => true); -- only: timescaledb
SELECT create_hypertable('meter_frame', by_range('at', INTERVAL '7 days'), create_default_indexes => false, if_not_exists => true); -- only: timescaledb

SELECT create_reference_table('site') WHERE 'site'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('writer', 'site_id') WHERE 'writer'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('meter', 'site_id', colocate_with => 'writer') WHERE 'meter'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('sector', 'site_id', colocate_with => 'writer') WHERE 'sector'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('plug', 'site_id', colocate_with => 'writer') WHERE 'plug'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('socket', 'site_id', colocate_with => 'writer') WHERE 'socket'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('channel', 'site_id', colocate_with => 'writer') WHERE 'channel'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('series', 'site_id', colocate_with => 'writer') WHERE 'series'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('reading', 'site_id', colocate_with => 'writer') WHERE 'reading'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('reading_hour', 'site_id', colocate_with => 'writer') WHERE 'reading_hour'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('reading_day', 'site_id', colocate_with => 'writer') WHERE 'reading_day'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('reading_thinned', 'site_id', colocate_with => 'writer') WHERE 'reading_thinned'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('reading_conflict', 'site_id', colocate_with => 'writer') WHERE 'reading_conflict'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('event', 'site_id', colocate_with => 'writer') WHERE 'event'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
SELECT create_distributed_table('meter_frame', 'site_id', colocate_with => 'writer') WHERE 'meter_frame'::regclass NOT IN (SELECT logicalrelid FROM pg_dist_partition); -- only: citus
