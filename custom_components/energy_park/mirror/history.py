"""Reading back: the history of some series, at the detail that a question needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from .asking import Asking
from .connection import Connection, MirrorSettings
from .rows import Series, SiteRow

POINTS_MAX: Final = 50_000
SERIES_MAX: Final = 200


class Resolution(StrEnum):
    """How much one point stands for."""

    RAW = "raw"
    FIVE_MINUTES = "5minute"
    HOUR = "hour"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Point:
    """A reading, or what the readings of some minutes, an hour or a day were.

    ``at`` is where these begin, or the site's local midnight. ``thinned`` of
    the ``readings`` are known by their sum only. A stretch without readings has no
    point.
    """

    at: datetime
    mean: float
    low: float
    high: float
    readings: int = 1
    thinned: int = 0


_POINTS: Final = {
    Resolution.RAW: """
SELECT series_id, at, value, value, value, 1::int8, 0::int8
FROM {schema}.reading
WHERE site_id = $1 AND series_id = ANY($2::int4[]) AND at >= $3 AND at < $4
ORDER BY series_id, at LIMIT $5
""",
    Resolution.FIVE_MINUTES: """
SELECT series_id, date_bin('5 minutes', at, '2000-01-01 00:00Z') AS bin_at,
  avg(value), min(value), max(value), count(*), 0::int8
FROM {schema}.reading
WHERE site_id = $1 AND series_id = ANY($2::int4[]) AND at >= $3 AND at < $4
GROUP BY series_id, bin_at ORDER BY series_id, bin_at LIMIT $5
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
  AND d.day <= (($4::timestamptz - interval '1 microsecond') AT TIME ZONE i.time_zone)::date
ORDER BY d.series_id, d.day LIMIT $5
""",
}


class History(Asking):
    """The points of series; a standby may answer, too."""

    def __init__(self, settings: MirrorSettings, site: SiteRow) -> None:
        """Take the way to the database, and whose history it is."""
        super().__init__(settings, site, writing=False)

    async def read(
        self,
        series: Sequence[Series],
        start: datetime,
        end: datetime,
        resolution: Resolution,
        limit: int = POINTS_MAX,
    ) -> dict[Series, list[Point]]:
        """Return the points of each series from ``start`` to before ``end``.

        Days are those of which a part lies between the two.

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
