"""What a person asks, on a database that has been written to for a year."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import median
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.history import History, Resolution
from custom_components.energy_park.mirror.migrations import migrate
from custom_components.energy_park.mirror.rows import Series, SiteRow, SubjectKind

from .access import Connection, connected

END = datetime(2026, 11, 1, tzinfo=UTC)
ASKED = 11
TIMEOUT_S = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One site that is watched closely for a year, and a fleet for some days.

    The site measures its sockets every minute, the fleet's sites twelve series
    every five minutes.
    """

    sockets: int
    sites: int
    days: int


SMALL = Size(sockets=12, sites=100, days=11)
LARGE = Size(sockets=48, sites=500, days=44)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """How many rows there were, and the milliseconds that each answer took."""

    rows: int
    day_ms: float
    year_ms: float
    fleet_ms: float


async def ask(settings: MirrorSettings, size: Size) -> Answers:
    """Fill in the rows and ask each question several times."""
    async with connected(settings) as connection:
        await migrate(connection, settings.schema)
        rows = await _fill(connection, size)
        fleet_ms = await _median_ms(lambda: _ask_fleet(connection))
    history = History(settings, SiteRow(uid="site 1", name="1", time_zone="UTC"))
    socket = [Series(SubjectKind.SOCKET, "plug_1", "power_w", "W")]

    async def day() -> None:
        begin = END - timedelta(days=40)
        points = await history.read(
            socket, begin, begin + timedelta(days=1), Resolution.RAW
        )
        assert len(points[socket[0]]) == 24 * 60

    async def year() -> None:
        points = await history.read(
            socket, END - timedelta(days=365), END, Resolution.DAY
        )
        assert len(points[socket[0]]) >= 365

    answers = Answers(
        rows=rows,
        day_ms=await _median_ms(day),
        year_ms=await _median_ms(year),
        fleet_ms=fleet_ms,
    )
    await history.close()
    return answers


async def _median_ms(question: Callable[[], Awaitable[None]]) -> float:
    took = []
    for _ in range(ASKED):
        begun = time.perf_counter()
        await question()
        took.append(1000 * (time.perf_counter() - begun))
    return median(took)


async def _ask_fleet(connection: Connection) -> None:
    """Ask for the last 24 hours of every site, hour by hour."""
    found = await connection.fetch(
        """
        SELECT site, hour_at, value_mean, value_max FROM named_hour
        WHERE subject_kind = 'meter' AND metric = 'apparent_power_va'
          AND hour_at >= $1 AND hour_at < $2
        ORDER BY site, hour_at
        """,
        *(END - timedelta(days=1), END),
    )
    sites = await connection.fetchval("SELECT count(*) FROM site")
    assert len(found) == 24 * sites


async def _fill(connection: Connection, size: Size) -> int:
    """Put the rows in as fast as the server can; the keys are made afterwards."""
    await connection.execute(
        """
        ALTER TABLE reading DROP CONSTRAINT reading_pkey;
        DROP INDEX reading_at;
        SET maintenance_work_mem = '512MB';
        SET work_mem = '256MB';
        """
    )
    for statement, *values in (
        (_SITES, size.sites),
        (_SERIES, size.sockets),
        (_PARTITIONS, END),
        (_CLOSELY, END),
        (_WIDELY, END, size.days),
        (_HOURS,),
        (_DAYS,),
    ):
        await connection.execute(statement, *values, timeout=TIMEOUT_S)
    for statement in (_KEY, _BRIN, "VACUUM ANALYZE"):
        await connection.execute(statement, timeout=TIMEOUT_S)
    return int(await connection.fetchval("SELECT sum(readings) FROM reading_day"))


_SITES = """
INSERT INTO site (site_id, uid, name, country, city, time_zone, updated_at)
SELECT n, 'site ' || n, 'Site ' || n, 'FR', 'City ' || n % 20, 'Europe/Paris', now()
FROM generate_series(1, $1::int4) AS n
"""

# Series 1 is the meter's; the first site has sockets after it, others a dozen.
_SERIES = """
INSERT INTO series (site_id, series_id, subject_kind, subject_id, metric, unit)
SELECT site_id, n,
  CASE n WHEN 1 THEN 'meter' ELSE 'socket' END,
  CASE n WHEN 1 THEN 'meter' ELSE 'plug_' || n - 1 END,
  CASE n WHEN 1 THEN 'apparent_power_va' ELSE 'power_w' END,
  CASE n WHEN 1 THEN 'VA' ELSE 'W' END
FROM site, generate_series(1, 12 + $1::int4) AS n
WHERE n <= 12 OR site_id = 1
"""

_PARTITIONS = """
SELECT ensure_partitions(at, at)
FROM generate_series($1::timestamptz - interval '366 days', $1, interval '28 days') AS at
"""

_VALUE = "((extract(epoch FROM at)::int8 / 60 * 7 + n * 131) % 3000)::float8"

# Rows lie as they would have arrived: instant after instant, hour after hour.
_CLOSELY = f"""
INSERT INTO reading
SELECT 1, n, at, {_VALUE}, 0
FROM (
  SELECT at, unnest(own.numbers) AS n
  FROM generate_series(
      $1::timestamptz - interval '365 days', $1 - interval '1 second', interval '1 minute'
    ) AS at,
    (
      SELECT array_agg(series_id) AS numbers
      FROM series WHERE site_id = 1 AND (series_id = 2 OR series_id > 13)
    ) AS own
) AS polls
"""  # noqa: S608

_WIDELY = f"""
INSERT INTO reading
SELECT site_id, n, at, {_VALUE}, 0
FROM (
  SELECT at, unnest(fleet.sites) AS site_id, unnest(fleet.numbers) AS n
  FROM generate_series(
      $1::timestamptz - $2::int4 * interval '1 day', $1 - interval '1 second', interval '5 minutes'
    ) AS at,
    (
      SELECT array_agg(site_id) AS sites, array_agg(series_id) AS numbers
      FROM series WHERE series_id <= 12 AND (site_id > 1 OR series_id <> 2)
    ) AS fleet
) AS polls
"""  # noqa: S608

_HOURS = """
INSERT INTO reading_hour
SELECT site_id, series_id, date_bin('1 hour', at, '2000-01-01Z') AS hour_at,
  count(*), 0, sum(value), min(value), max(value)
FROM reading GROUP BY 1, 2, 3 ORDER BY hour_at
"""

_DAYS = """
INSERT INTO reading_day
SELECT site_id, series_id, (hour_at AT TIME ZONE 'Europe/Paris')::date AS day,
  sum(readings), 0, sum(value_sum), min(value_min), max(value_max)
FROM reading_hour GROUP BY 1, 2, 3 ORDER BY day
"""

_KEY = "ALTER TABLE reading ADD PRIMARY KEY (site_id, series_id, at)"
_BRIN = "CREATE INDEX ON reading USING brin (at) WITH (pages_per_range = 32)"
