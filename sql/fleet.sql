-- One database that reads many: a region over its cities, a country over its regions.
-- Each site writes to the server of its region; this one asks them all and stores
-- nothing twice. Run it once for each region, as a user who may make servers:
--
--   psql -v region=grand_est -v host=db.grand-est.example -v port=5432 \
--        -v database=energy_park -v schema=energy_park \
--        -v user=reader -v password=... -f sql/fleet.sql
--   or scripts/database fleet grand_est --remote postgresql://reader@db.grand-est.example/energy_park
--
-- Afterwards the views fleet_hour, fleet_day and fleet_site hold every region that
-- was added. A server that is spread over machines (Citus) needs none of this: there
-- one schema is the fleet.

CREATE EXTENSION IF NOT EXISTS postgres_fdw;

DROP SERVER IF EXISTS :"region" CASCADE;
CREATE SERVER :"region" FOREIGN DATA WRAPPER postgres_fdw
OPTIONS (host :'host', port :'port', dbname :'database', async_capable 'true', fetch_size '10000');
CREATE USER MAPPING FOR CURRENT_USER SERVER :"region" OPTIONS (user :'user', password :'password');

CREATE SCHEMA IF NOT EXISTS :"region";
IMPORT FOREIGN SCHEMA :"schema" LIMIT TO (site, meter, series, reading_hour, reading_day)
FROM SERVER :"region" INTO :"region";

-- The views are made anew from the regions there are.
DO $fleet$
DECLARE
  source record;
  part text;
  target text;
BEGIN
  FOR target, part IN VALUES
    ('fleet_site', 'SELECT %1$L::text AS part, * FROM %1$I.site'),
    ('fleet_hour', 'SELECT %1$L::text AS part, i.country, i.region, i.city, i.district, i.name AS site,'
      ' s.subject_kind, s.subject_id, s.metric, s.unit, h.hour_at, h.readings,'
      ' h.value_sum / h.readings AS value_mean, h.value_min, h.value_max'
      ' FROM %1$I.reading_hour h JOIN %1$I.series s USING (site_id, series_id) JOIN %1$I.site i USING (site_id)'),
    ('fleet_day', 'SELECT %1$L::text AS part, i.country, i.region, i.city, i.district, i.name AS site,'
      ' s.subject_kind, s.subject_id, s.metric, s.unit, d.day, d.readings,'
      ' d.value_sum / d.readings AS value_mean, d.value_min, d.value_max'
      ' FROM %1$I.reading_day d JOIN %1$I.series s USING (site_id, series_id) JOIN %1$I.site i USING (site_id)')
  LOOP
    EXECUTE (
      SELECT format('CREATE OR REPLACE VIEW %I AS ', target)
        || string_agg(format(part, foreign_table_schema), ' UNION ALL ' ORDER BY foreign_table_schema)
      FROM information_schema.foreign_tables
      WHERE foreign_table_name = 'reading_hour'
    );
  END LOOP;
END
$fleet$;
