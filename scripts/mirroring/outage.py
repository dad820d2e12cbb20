"""A database that is away for a day while a park measures at full load."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.rows import ReadingRow

from .access import Connection, connected
from .throughput import SERIES, mirror_on

CHUNK = 5_000
TICK_S = 0.1
# A number's value; a fraction of it would not be the same in every order of a sum.
VALUES = 4_096

_NAMED = """
named AS (
  SELECT site_id, series_id, place - 1 AS place
  FROM unnest($1::text[]) WITH ORDINALITY AS wanted (subject_id, place)
  JOIN series USING (subject_id)
)
"""
_NEWEST = """
WITH {named}
SELECT max(at) FROM reading JOIN named USING (site_id, series_id) WHERE place = 0
""".replace("{named}", _NAMED)
_COMPARED = """
WITH {named}, wanted AS (
  SELECT series_id, $2::timestamptz + n * $3::int8 * interval '1 microsecond' AS at,
    (n % $6::int8)::float8 AS value
  FROM generate_series(0, $4::int8 - 1) AS n JOIN named ON place = n % $5::int8
), had AS (
  SELECT series_id, at, value FROM reading
)
SELECT
  (SELECT count(*) FROM (TABLE wanted EXCEPT ALL TABLE had) AS lost),
  (SELECT count(*) FROM (TABLE had EXCEPT ALL TABLE wanted) AS surplus)
    + abs($4 - (SELECT sum(readings)::int8 FROM reading_hour))
    + abs($4 - (SELECT sum(readings)::int8 FROM reading_day))
""".replace("{named}", _NAMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What was measured, what of it is missing or too much, and how long it took.

    ``live_age_s`` is how old the newest row in the database was at most, while the
    backlog drained.
    """

    offered: int
    lost: int
    duplicates: int
    drain_s: float
    live_age_s: float


class Park:
    """Measures a number of rows a second, on a clock that is moved."""

    def __init__(self, minutes: int, rate: int) -> None:
        """The clock begins so long ago that it is right when the outage ends."""
        self.step = timedelta(seconds=1) / rate
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(
            minutes=minutes
        )
        self.now = self.start
        self.measured = 0

    def clock(self) -> datetime:
        """Return the park's time of day."""
        return self.now

    def measure(self, mirror: Mirror, until: datetime) -> None:
        """Move the clock, and offer all that is measured meanwhile."""
        while (at := self.start + self.measured * self.step) < until:
            series = SERIES[self.measured % len(SERIES)]
            mirror.offer(ReadingRow(series, at, self.measured % VALUES))
            self.measured += 1
        self.now = until


async def recover(
    settings: MirrorSettings,
    directory: Path,
    start_server: Callable[[], Awaitable[None]],
    *,
    minutes: int,
    rate: int,
) -> Recovery:
    """Mirror to a port where nothing listens, for some minutes of a clock that is moved.

    Then start the server, measure on while the backlog drains, and compare every row.
    """
    park = Park(minutes, rate)
    end = park.start + timedelta(minutes=minutes)
    async with mirror_on(settings, directory, now=park.clock) as mirror:
        while park.now < end:
            park.measure(mirror, min(park.now + CHUNK * park.step, end))
            await mirror.flush()
        assert mirror.status().last_error is not None
        await start_server()
        while not mirror.status().connected:
            park.measure(mirror, datetime.now(UTC))
            await asyncio.sleep(TICK_S)
        begun = time.perf_counter()
        async with connected(settings) as connection:
            live_age_s = await _drain(park, mirror, connection, rate)
        drain_s = time.perf_counter() - begun
        while mirror.status().rows_waiting:
            await mirror.progress()
    names = [series.subject for series in SERIES]
    step_us = park.step // timedelta(microseconds=1)
    async with connected(settings) as connection:
        lost, duplicates = await connection.fetchrow(
            _COMPARED,
            *(names, park.start, step_us, park.measured, len(SERIES), VALUES),
        ) or (park.measured, 0)
    return Recovery(
        offered=park.measured,
        lost=lost,
        duplicates=duplicates,
        drain_s=drain_s,
        live_age_s=live_age_s,
    )


async def _drain(
    park: Park, mirror: Mirror, connection: Connection, rate: int
) -> float:
    """Measure on until only what is fresh waits; return how old the newest row was."""
    oldest_s = 0.0
    begun = datetime.now(UTC)
    names = [series.subject for series in SERIES]
    while mirror.status().rows_waiting > rate:
        park.measure(mirror, datetime.now(UTC))
        await asyncio.sleep(TICK_S)
        newest = await connection.fetchval(_NEWEST, names)
        # What was measured before is the backlog.
        age = datetime.now(UTC) - max(newest or begun, begun)
        oldest_s = max(oldest_s, age.total_seconds())
    return oldest_s
