"""Reading back: the history of some series, at the detail that a question needs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import asyncpg

from .connection import Connection, MirrorSettings, close, connect
from .errors import translate
from .migrations import quote
from .rows import Series, SiteRow

POINTS_MAX: Final = 50_000
SERIES_MAX: Final = 200
IDLE_S: Final = 60


class Resolution(StrEnum):
    """How much one point stands for."""

    RAW = "raw"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Point:
    """A reading, or what the readings of an hour or a day were.

    ``at`` is where the hour begins, or the site's local midnight. ``thinned`` of
    the ``readings`` are known by their sum only. A stretch without readings has no
    point.
    """

    at: datetime
    mean: float
    low: float
    high: float
    readings: int = 1
    thinned: int = 0


_SERIES: Final = """
SELECT r.series_id, r.subject_kind, r.subject_id, r.metric, r.unit, r.site_id
FROM {schema}.series r JOIN {schema}.site i ON i.site_id = r.site_id
JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[])
  AS u (subject_kind, subject_id, metric, unit)
  USING (subject_kind, subject_id, metric, unit)
WHERE i.uid = $1
"""

_POINTS: Final = {
    Resolution.RAW: """
SELECT series_id, at, value, value, value, 1::int8, 0::int8
FROM {schema}.reading
WHERE site_id = $1 AND series_id = ANY($2::int4[]) AND at >= $3 AND at < $4
ORDER BY series_id, at LIMIT $5
""",
    Resolution.HOUR: """
SELECT series_id, hour_at, value_sum / readings, value_min, value_max, readings, thinned
FROM {schema}.reading_hour
WHERE site_id = $1 AND series_id = ANY($2::int4[]) AND hour_at >= $3 AND hour_at < $4
ORDER BY series_id, hour_at LIMIT $5
""",
    Resolution.DAY: """
SELECT d.series_id, d.day::timestamp AT TIME ZONE i.time_zone,
  d.value_sum / d.readings, d.value_min, d.value_max, d.readings, d.thinned
FROM {schema}.reading_day d JOIN {schema}.site i ON i.site_id = d.site_id
WHERE d.site_id = $1 AND d.series_id = ANY($2::int4[])
  AND d.day >= ($3::timestamptz AT TIME ZONE i.time_zone)::date
  AND d.day < ($4::timestamptz AT TIME ZONE i.time_zone)::date
ORDER BY d.series_id, d.day LIMIT $5
""",
}


class History:
    """Questions over a connection of its own, which closes when nobody asks."""

    def __init__(self, settings: MirrorSettings, site: SiteRow) -> None:
        self._settings = settings
        self._site = site
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    async def read(
        self,
        series: Sequence[Series],
        start: datetime,
        end: datetime,
        resolution: Resolution,
        limit: int = POINTS_MAX,
    ) -> dict[Series, list[Point]]:
        """Return the points of each series from ``start`` to before ``end``.

        A series without points is not in the answer. ``limit`` is for all series
        together, in their order in the database.

        Raises:
            ValueError: too many series or points are asked for.
            MirrorError: the database cannot be asked.
        """
        if len(series) > SERIES_MAX or not 0 < limit <= POINTS_MAX:
            raise ValueError("too much is asked for at once")
        async with self._turn:
            try:
                return await self._ask(series, start, end, resolution, limit)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._drop()
                failure = translate(error)
            finally:
                self._close_later()
        raise failure

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._turn:
            if self._connection is not None:
                await close(self._connection)
                self._connection = None

    async def _ask(
        self,
        series: Sequence[Series],
        start: datetime,
        end: datetime,
        resolution: Resolution,
        limit: int,
    ) -> dict[Series, list[Point]]:
        if self._connection is None or self._connection.is_closed():
            self._connection = await connect(self._settings, writing=False)
        found = await self._connection.fetch(
            self._in_schema(_SERIES),
            self._site.uid,
            [one.kind for one in series],
            [one.subject for one in series],
            [one.metric for one in series],
            [one.unit for one in series],
        )
        if not found:
            return {}
        named = {number: Series(*names) for number, *names, _ in found}
        rows = await self._connection.fetch(
            self._in_schema(_POINTS[resolution]),
            *(found[0]["site_id"], list(named), start, end, limit),
        )
        points: dict[Series, list[Point]] = {}
        for number, *values in rows:
            points.setdefault(named[number], []).append(Point(*values))
        return points

    def _in_schema(self, statement: str) -> str:
        return statement.replace("{schema}", quote(self._settings.schema))

    def _close_later(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_S, self._drop)

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
