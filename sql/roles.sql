-- Who may do what. An administrator of the database runs this once, after the
-- schema is made; running it again changes nothing.
--
--   psql -v schema=energy_park -f sql/roles.sql          or   scripts/database roles
--
-- energy_park_owner   brings the schema up to date and drops old months
-- energy_park_writer  what a site needs: it stores, and changes nothing that is stored
-- energy_park_reader  what a dashboard needs
--
-- The three cannot log in. Give them to users that can:
--   CREATE ROLE school_12 LOGIN PASSWORD '...' IN ROLE energy_park_writer;

DO $roles$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['energy_park_owner', 'energy_park_writer', 'energy_park_reader'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      EXECUTE format('CREATE ROLE %I NOLOGIN', name);
    END IF;
  END LOOP;
END
$roles$;

GRANT USAGE, CREATE ON SCHEMA :"schema" TO energy_park_owner;
GRANT USAGE ON SCHEMA :"schema" TO energy_park_writer, energy_park_reader;

-- What there is belongs to the role, and who owned it until now is given the role.
SELECT set_config('energy_park.schema', :'schema', false);
DO $owner$
DECLARE
  part record;
BEGIN
  FOR part IN
    SELECT 'TABLE' AS kind, c.oid::regclass::text AS name, c.relowner::regrole AS owner
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_setting('energy_park.schema') AND c.relkind IN ('r', 'p', 'v')
    UNION ALL
    SELECT 'FUNCTION', f.oid::regprocedure::text, f.proowner::regrole
    FROM pg_proc f JOIN pg_namespace n ON n.oid = f.pronamespace
    WHERE n.nspname = current_setting('energy_park.schema')
  LOOP
    CONTINUE WHEN part.owner = 'energy_park_owner'::regrole;
    EXECUTE format('GRANT energy_park_owner TO %s', part.owner);
    EXECUTE format('ALTER %s %s OWNER TO energy_park_owner', part.kind, part.name);
  END LOOP;
END
$owner$;

GRANT SELECT ON ALL TABLES IN SCHEMA :"schema" TO energy_park_reader;

-- Readings, events and frames are written once.
GRANT SELECT, INSERT ON
  :"schema".series, :"schema".reading, :"schema".reading_thinned,
  :"schema".reading_conflict, :"schema".event, :"schema".meter_frame
TO energy_park_writer;

-- Sums grow, and things are given other names.
GRANT SELECT, INSERT, UPDATE ON
  :"schema".site, :"schema".meter, :"schema".sector, :"schema".plug, :"schema".socket,
  :"schema".channel,
  :"schema".reading_hour, :"schema".reading_day
TO energy_park_writer;

GRANT SELECT, INSERT, UPDATE, DELETE ON :"schema".writer TO energy_park_writer;
GRANT SELECT ON :"schema".migration TO energy_park_writer;

-- The month's partitions are made, and sums made right, with the owner's rights.
REVOKE EXECUTE ON FUNCTION :"schema".ensure_partitions(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION :"schema".ensure_partitions(timestamptz, timestamptz)
TO energy_park_owner, energy_park_writer;
REVOKE EXECUTE ON FUNCTION :"schema".mend_sums(int4, int4[], date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION :"schema".mend_sums(int4, int4[], date)
TO energy_park_owner, energy_park_writer;
REVOKE EXECUTE ON FUNCTION :"schema".drop_partitions(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION :"schema".drop_partitions(timestamptz) TO energy_park_owner;

-- What is made later: the months' partitions too are read through their tables only.
ALTER DEFAULT PRIVILEGES FOR ROLE energy_park_owner IN SCHEMA :"schema"
GRANT SELECT ON TABLES TO energy_park_reader;
