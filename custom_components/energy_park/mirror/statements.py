"""The SQL that stores rows. ``{schema}`` is the quoted name of the schema.

Every statement is about one site: where tables are distributed by site, it stays
on one machine. All of them may be sent again without a trace.
"""

from typing import Final

# Readings summed by quarter of an hour become hours (UTC) and days of the site's
# time zone: $1 is the site, $2 the zone. No zone's day or hour begins within a
# quarter. date_bin and not date_trunc, which is not pushed down to other servers.
_ROLL_UP: Final = """
hours AS (
  INSERT INTO {schema}.reading_hour AS h
  SELECT site_id, series_id,
    date_bin('1 hour', quarter_at, timestamptz '2000-01-01 00:00Z') AS hour_at,
    sum(readings), sum(thinned), sum(value_sum), min(value_min), max(value_max)
  FROM quarters GROUP BY site_id, series_id, 3
  ORDER BY series_id, 3
  ON CONFLICT (site_id, series_id, hour_at) DO UPDATE SET
    readings = h.readings + excluded.readings,
    thinned = h.thinned + excluded.thinned,
    value_sum = h.value_sum + excluded.value_sum,
    value_min = least(h.value_min, excluded.value_min),
    value_max = greatest(h.value_max, excluded.value_max)
), days AS (
  INSERT INTO {schema}.reading_day AS d
  SELECT site_id, series_id, (quarter_at AT TIME ZONE $2)::date AS day,
    sum(readings), sum(thinned), sum(value_sum), min(value_min), max(value_max)
  FROM quarters GROUP BY site_id, series_id, 3
  ORDER BY series_id, 3
  ON CONFLICT (site_id, series_id, day) DO UPDATE SET
    readings = d.readings + excluded.readings,
    thinned = d.thinned + excluded.thinned,
    value_sum = d.value_sum + excluded.value_sum,
    value_min = least(d.value_min, excluded.value_min),
    value_max = greatest(d.value_max, excluded.value_max)
)
SELECT coalesce(sum(readings), 0)::int8 FROM quarters
"""

_INSERT: Final = """
WITH fresh AS (
  INSERT INTO {schema}.reading
  SELECT $1::int4, *
  FROM unnest($3::int4[], $4::timestamptz[], $5::float8[], $6::int2[])
  {on_conflict}
  RETURNING site_id, series_id, at, value
), quarters AS MATERIALIZED (
  SELECT site_id, series_id,
    date_bin('15 minutes', at, timestamptz '2000-01-01 00:00Z') AS quarter_at,
    count(*) AS readings, 0 AS thinned,
    sum(value) AS value_sum, min(value) AS value_min, max(value) AS value_max
  FROM fresh GROUP BY site_id, series_id, 3
), {roll_up}"""

# Readings that are new, as nearly all are: half the work of the one below. One that
# is not new makes all of it fail (SQLSTATE 23505).
INSERT_NEW: Final = _INSERT.replace("{on_conflict}", "").replace("{roll_up}", _ROLL_UP)

# Readings of which some may be there; returns how many were not.
INSERT_ANY: Final = _INSERT.replace("{on_conflict}", "ON CONFLICT DO NOTHING").replace(
    "{roll_up}", _ROLL_UP
)

# The sums of readings that were copied within the same transaction.
ADD_SUMS: Final = """
WITH quarters AS MATERIALIZED (
  SELECT $1::int4 AS site_id, *, 0 AS thinned
  FROM unnest(
    $3::int4[], $4::timestamptz[], $5::int8[], $6::float8[], $7::float8[], $8::float8[]
  ) AS u (series_id, quarter_at, readings, value_sum, value_min, value_max)
), {roll_up}""".replace("{roll_up}", _ROLL_UP)

# Sums of hours that were thinned in the spool; those that are known add nothing.
INSERT_THINNED: Final = """
WITH fresh AS (
  INSERT INTO {schema}.reading_thinned
  SELECT $1::int4, *
  FROM unnest(
    $3::int4[], $4::timestamptz[], $5::int8[],
    $6::int8[], $7::float8[], $8::float8[], $9::float8[]
  )
  ON CONFLICT DO NOTHING
  RETURNING *
), quarters AS MATERIALIZED (
  SELECT site_id, series_id, hour_at AS quarter_at,
    readings, readings AS thinned, value_sum, value_min, value_max
  FROM fresh
), {roll_up}""".replace("{roll_up}", _ROLL_UP)

# Readings whose instant has another value already.
KEEP_CONFLICTS: Final = """
INSERT INTO {schema}.reading_conflict
SELECT $1::int4, u.*, now()
FROM unnest($2::int4[], $3::timestamptz[], $4::float8[], $5::int2[])
  AS u (series_id, at, value, quality)
JOIN {schema}.reading r
  ON r.site_id = $1 AND r.series_id = u.series_id AND r.at = u.at
WHERE r.value <> u.value
ON CONFLICT DO NOTHING
"""

# Records come as JSON objects whose keys are the columns: $1 is the site, $2 an
# array of them.
_EVENT: Final = """
INSERT INTO {schema}.event (
  site_id, at, event_id, kind, subject_kind, subject_id,
  is_on, source, reason, until, detail
)
SELECT $1::int4, r.*
FROM jsonb_to_recordset($2::jsonb) AS r (
  at timestamptz, event_id int8, kind text, subject_kind text, subject_id text,
  is_on bool, source text, reason text, until timestamptz, detail jsonb
)
ON CONFLICT DO NOTHING
"""

_METER_FRAME: Final = """
INSERT INTO {schema}.meter_frame (site_id, meter_id, at, mode, complete, labels)
SELECT $1::int4, r.*
FROM jsonb_to_recordset($2::jsonb) AS r (
  meter_id text, at timestamptz, mode text, complete bool, labels jsonb
)
ON CONFLICT DO NOTHING
"""


def _describe(table: str, columns: dict[str, str]) -> str:
    """Return the statement that stores what a meter, sector, plug, socket or channel is.

    Of several descriptions the latest stands, in whatever order they come.
    """
    key = f"{table}_id"
    names = ", ".join(columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return f"""
INSERT INTO {{schema}}.{table} AS t (site_id, {names})
SELECT DISTINCT ON (r.{key}) $1::int4, r.*
FROM jsonb_to_recordset($2::jsonb) AS r ({typed})
ORDER BY r.{key}, r.updated_at DESC
ON CONFLICT (site_id, {key}) DO UPDATE SET {changes}
WHERE excluded.updated_at >= t.updated_at
"""  # noqa: S608


_LIFE: Final = {"updated_at": "timestamptz", "removed_at": "timestamptz"}

# By table, in the order in which they are sent.
RECORDS: Final = {
    "sector": _describe("sector", {"sector_id": "text", "name": "text", **_LIFE}),
    "meter": _describe(
        "meter",
        {
            "meter_id": "text",
            "name": "text",
            "mode": "text",
            "contract": "text",
            "subscribed_power_va": "int4",
            **_LIFE,
        },
    ),
    "plug": _describe(
        "plug", {"plug_id": "text", "name": "text", "model": "text", **_LIFE}
    ),
    "socket": _describe(
        "socket",
        {
            "socket_id": "text",
            "plug_id": "text",
            "sector_id": "text",
            "number": "int4",
            "name": "text",
            "role": "text",
            "priority": "int2",
            "protected": "bool",
            **_LIFE,
        },
    ),
    "channel": _describe(
        "channel",
        {
            "channel_id": "text",
            "plug_id": "text",
            "number": "int4",
            "name": "text",
            **_LIFE,
        },
    ),
    "event": _EVENT,
    "meter_frame": _METER_FRAME,
}

# What a writer adds rows to.
TABLES: Final = (
    *("site", "writer", "series", "reading", "reading_hour", "reading_day"),
    *("reading_thinned", "reading_conflict", *RECORDS),
)

# Also past what is left of sites whose own table was dropped.
LAST_SITE: Final = """
SELECT coalesce(max(site_id), 0) FROM (
  SELECT max(site_id) AS site_id FROM {schema}.site
  UNION ALL SELECT max(site_id) FROM {schema}.series
  UNION ALL SELECT max(site_id) FROM {schema}.reading_hour
  UNION ALL SELECT max(site_id) FROM {schema}.event
) AS used
"""

# The site's number is the next one that is free; of two that are new at once, one
# fails on the key and asks again.
ADD_SITE: Final = """
INSERT INTO {schema}.site
  (site_id, uid, name, country, region, city, district, time_zone, updated_at)
SELECT $8::int4 + 1, $1, $2, $3, $4, $5, $6, $7, now()
WHERE NOT EXISTS (SELECT FROM {schema}.site WHERE uid = $1)
"""

UPDATE_SITE: Final = """
UPDATE {schema}.site SET
  name = $2, country = $3, region = $4, city = $5, district = $6, time_zone = $7,
  updated_at = now()
WHERE uid = $1
RETURNING site_id
"""

KNOWN_SERIES: Final = """
SELECT series_id, subject_kind, subject_id, metric, unit
FROM {schema}.series WHERE site_id = $1
"""

# A number that readings still have is not given away again, should the table of the
# series have been dropped.
ADD_SERIES: Final = """
INSERT INTO {schema}.series
  (site_id, series_id, subject_kind, subject_id, metric, unit)
SELECT $1::int4, known.last + row_number() OVER (), u.*
FROM (
  SELECT coalesce(greatest(
    (SELECT max(series_id) FROM {schema}.series WHERE site_id = $1),
    (SELECT max(series_id) FROM {schema}.reading_hour WHERE site_id = $1)
  ), 0) AS last
) AS known,
  unnest($2::text[], $3::text[], $4::text[], $5::text[])
  AS u (subject_kind, subject_id, metric, unit)
ON CONFLICT DO NOTHING
"""

HEARTBEAT: Final = """
INSERT INTO {schema}.writer AS w
  (site_id, writer_id, started_at, seen_at, rows_waiting, lag_s)
VALUES ($1, $2, now(), now(), $3, $4)
ON CONFLICT (site_id, writer_id) DO UPDATE SET
  seen_at = now(), rows_waiting = excluded.rows_waiting, lag_s = excluded.lag_s
RETURNING started_at, clock_timestamp()
"""

# Another run that was heard of after this one began is another machine.
OTHER_WRITERS: Final = """
SELECT count(*) FROM {schema}.writer
WHERE site_id = $1 AND writer_id <> $2
  AND seen_at > $3 AND seen_at > now() - interval '5 minutes'
"""

FORGET_WRITERS: Final = """
DELETE FROM {schema}.writer
WHERE site_id = $1 AND seen_at < now() - interval '1 day'
"""

ENSURE_PARTITIONS: Final = "SELECT {schema}.ensure_partitions($1, $2)"

PARTITIONS: Final = """
SELECT c.relname
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_class p ON p.oid = i.inhparent
WHERE p.relname = 'reading' AND p.relnamespace = to_regnamespace($1)
"""
