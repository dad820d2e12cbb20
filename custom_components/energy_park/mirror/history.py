"""Reading back: the history of some series, at the detail that a question needs."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

import asyncpg

from .connection import Connection, MirrorSettings, close, connect
from .errors import translate
from .migrations import quote
from .rows import Series, SiteRow, SubjectKind

POINTS_MAX: Final = 50_000
SERIES_MAX: Final = 200
IDLE_S: Final = 60


class Resolution(StrEnum):
    """How much one point stands for."""

    RAW = "raw"
    HOUR = "hour"
    DAY = "day"


type Span = tuple[datetime, datetime]
"""From an instant to before another."""


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

# Where a series has no hour between two that it has, and what the hours beside the
# hole hold of it. An hour whose readings were dropped is whole. $3 is the hour in
# which the question begins, $4 its end.
_HOLES: Final = """
WITH edges AS (
  SELECT series_id, hour_at
  FROM {schema}.reading_hour
  WHERE site_id = $1 AND series_id = ANY($2::int4[]) AND hour_at >= $3 AND hour_at < $4
  UNION ALL SELECT unnest($2::int4[]), $3::timestamptz - interval '1 hour'
  UNION ALL SELECT unnest($2::int4[]), $4::timestamptz
), holes AS (
  SELECT series_id, hour_at AS before_at,
    lead(hour_at) OVER (PARTITION BY series_id ORDER BY hour_at) AS after_at
  FROM edges
)
SELECT series_id,
  coalesce(
    (
      SELECT max(r.at) + interval '1 microsecond' FROM {schema}.reading r
      WHERE r.site_id = $1 AND r.series_id = h.series_id
        AND r.at >= h.before_at AND r.at < h.before_at + interval '1 hour'
    ),
    before_at + interval '1 hour'
  ),
  coalesce(
    (
      SELECT min(r.at) FROM {schema}.reading r
      WHERE r.site_id = $1 AND r.series_id = h.series_id
        AND r.at >= h.after_at AND r.at < h.after_at + interval '1 hour'
    ),
    after_at
  )
FROM holes h
WHERE after_at > before_at + interval '1 hour'
ORDER BY series_id, before_at
"""


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

        async def ask(connection: Connection) -> dict[Series, list[Point]]:
            named, rows = await self._ask(
                connection, _POINTS[resolution], series, start, end, limit
            )
            points: dict[Series, list[Point]] = {}
            for number, *values in rows:
                points.setdefault(named[number], []).append(Point(*values))
            return points

        return await self._over_connection(ask)

    async def holes(
        self, series: Sequence[Series], start: datetime, end: datetime
    ) -> dict[Series, list[Span]]:
        """Return where each series has no reading for an hour (UTC) or longer.

        A hole reaches from after the last reading before it to the first one after
        it. A series without holes is not in the answer.

        Raises:
            MirrorError: the database cannot be asked.
        """

        async def ask(connection: Connection) -> dict[Series, list[Span]]:
            first = start.replace(minute=0, second=0, microsecond=0)
            named, rows = await self._ask(connection, _HOLES, series, first, end)
            spans: dict[Series, list[Span]] = {
                one: [(start, end)] for one in set(series).difference(named.values())
            }
            for number, after, before in rows:
                span = (max(start, after), min(end, before))
                spans.setdefault(named[number], []).append(span)
            return spans

        return await self._over_connection(ask)

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._turn:
            if self._connection is not None:
                await close(self._connection)
                self._connection = None

    async def _over_connection[T](self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        async with self._turn:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await connect(self._settings, writing=False)
                return await ask(self._connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._drop()
                failure = translate(error)
            finally:
                self._close_later()
        raise failure

    async def _ask(
        self,
        connection: Connection,
        question: str,
        series: Sequence[Series],
        *values: object,
    ) -> tuple[dict[int, Series], list[asyncpg.Record]]:
        """Return the series that the database knows, and what it answers."""
        found = await connection.fetch(
            self._in_schema(_SERIES),
            self._site.uid,
            [one.kind for one in series],
            [one.subject for one in series],
            [one.metric for one in series],
            [one.unit for one in series],
        )
        if not found:
            return {}, []
        named = {
            number: Series(SubjectKind(kind), *names)
            for number, kind, *names, _ in found
        }
        site_id = found[0]["site_id"]
        rows = await connection.fetch(
            self._in_schema(question), site_id, list(named), *values
        )
        return named, rows

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
