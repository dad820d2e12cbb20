"""What the mirror lacks, and sums of it that are not what its readings say."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

import asyncpg

from .asking import Asking
from .connection import Connection, MirrorSettings
from .rows import Series, SiteRow

# Nothing measures more rarely, but for what only tells its changes.
GAP: Final = timedelta(minutes=5)
# So far apart may be what two memories noted of one measurement.
MARGIN: Final = timedelta(seconds=15)
INSTANT: Final = timedelta(microseconds=1)
_ATTEMPTS: Final = 5

type Span = tuple[datetime, datetime]
"""From an instant to before another."""

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

# Where a series has no reading for long. An hour of which a part is known by its sum
# only counts as known. $3 is where the question begins, $4 its end, $5 the margin
# around what is known, $6 how long a gap is.
_GAPS: Final = """
WITH known AS (
  SELECT series_id, at, at AS until_at
  FROM {schema}.reading
  WHERE site_id = $1 AND series_id = ANY($2::int4[])
    AND at >= $3::timestamptz - $5::interval AND at < $4::timestamptz + $5::interval
  UNION ALL
  SELECT series_id, hour_at, hour_at + interval '1 hour'
  FROM {schema}.reading_hour h
  WHERE site_id = $1 AND series_id = ANY($2::int4[])
    AND hour_at > $3 - interval '1 hour' AND hour_at < $4
    AND (thinned > 0 OR NOT EXISTS (
      SELECT FROM {schema}.reading r
      WHERE r.site_id = $1 AND r.series_id = h.series_id
        AND r.at >= h.hour_at AND r.at < h.hour_at + interval '1 hour'
    ))
  UNION ALL SELECT unnest($2::int4[]), $3 - $5, $3 - $5
  UNION ALL SELECT unnest($2::int4[]), $4 + $5, $4 + $5
), gaps AS (
  SELECT series_id, max(until_at) OVER earlier AS after_at, lead(at) OVER earlier AS before_at
  FROM known WINDOW earlier AS (PARTITION BY series_id ORDER BY at)
)
SELECT series_id, after_at + $5, before_at - $5
FROM gaps
WHERE before_at - after_at > $6::interval + 2 * $5
ORDER BY series_id, after_at
"""

_MEND: Final = "SELECT {schema}.mend_sums($1, $2::int4[], $3)"


class Missing(Asking):
    """Finds what is missing, and makes sums right."""

    def __init__(self, settings: MirrorSettings, site: SiteRow) -> None:
        """Take the way to the database, and whose series they are."""
        super().__init__(settings, site, writing=True)

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

    async def gaps(
        self, series: Sequence[Series], start: datetime, end: datetime, *, exact: bool
    ) -> dict[Series, list[Span]]:
        """Return where each series has no reading for some minutes or longer.

        A gap keeps its distance from the readings beside it: what lies in it is
        none of these, measured by another clock. Where every memory has the
        ``exact`` same instants, a gap lies between any two readings. They come in
        their order. A series without gaps is not in the answer.

        Raises:
            MirrorError: the database cannot be asked.
        """
        margin, gap = (INSTANT, timedelta(0)) if exact else (MARGIN, GAP)

        async def ask(connection: Connection) -> dict[Series, list[Span]]:
            named, rows = await self._ask(
                connection, _GAPS, series, start, end, margin, gap
            )
            spans: dict[Series, list[Span]] = {
                one: [(start, end)] for one in set(series).difference(named.values())
            }
            for number, after, before in rows:
                spans.setdefault(named[number], []).append((after, before))
            return spans

        return await self._over_connection(ask)

    async def mend(self, series: Sequence[Series], day: date) -> int:
        """Make the sums of a local day what the readings say; return how many were not.

        Sums whose readings were dropped stay as they are.

        Raises:
            MirrorError: the database cannot be asked, or takes no writes.
        """

        async def ask(connection: Connection) -> int:
            attempts_left = _ATTEMPTS
            while True:
                try:
                    _, rows = await self._ask(connection, _MEND, series, day)
                    return sum(count for (count,) in rows)
                except asyncpg.DeadlockDetectedError:
                    # Readings arrive meanwhile, and who writes them went first.
                    attempts_left -= 1
                    if not attempts_left:
                        raise

        return await self._over_connection(ask)
