"""One connection: the schema made ready, the site's own numbers, the two clocks."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
import logging
from typing import Any, Final

import asyncpg

from . import statements
from .batch import ReadingBatch
from .connection import Connection
from .encoding import instant
from .errors import Problem
from .migrations import migrate, quote
from .problems import Problems
from .rows import EPOCH, Quality, Series, SiteRow

_LOGGER = logging.getLogger(__name__)

# PostgreSQL counts microseconds from 2000-01-01.
EPOCH_US: Final = 946_684_800_000_000
_DAY_US: Final = 86_400_000_000
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_MONTHS_AHEAD: Final = timedelta(days=62)
# Plain numbers: the driver takes a flag for a list of flags.
_CLOCK_WRONG: Final = int(Quality.CLOCK_WRONG)
_BACKFILLED: Final = int(Quality.BACKFILLED)


class Session:
    """A connection that knows its site.

    Who sends holds ``turn``: a connection does one thing at a time.
    """

    def __init__(
        self,
        connection: Connection,
        schema: str,
        site: SiteRow,
        problems: Problems,
        now: Callable[[], datetime],
        writer_id: int,
    ) -> None:
        self.connection = connection
        self.schema = schema
        self.turn = asyncio.Lock()
        self.site_id = 0
        self.zone = site.time_zone
        self.problems = problems
        self._site = site
        self._now = now
        self._writer_id = writer_id
        self._sql: dict[str, str] = {}
        self._series: dict[Series, int] = {}
        self._months: set[tuple[int, int]] = set()
        self._ahead = timedelta(0)

    def sql(self, statement: str) -> str:
        """Return a statement for this schema."""
        text = self._sql.get(statement)
        if text is None:
            text = statement.replace("{schema}", quote(self.schema))
            self._sql[statement] = text
        return text

    async def execute(self, statement: str, *values: object) -> str:
        """Run a statement; return its tag, such as INSERT 0 1."""
        return await self.connection.execute(self.sql(statement), *values)

    async def value(self, statement: str, *values: object) -> Any:
        """Run a statement; return the first column of its first row."""
        return await self.connection.fetchval(self.sql(statement), *values)

    async def prepare(self, *, mend: bool) -> None:
        """Make the schema ready, and learn the numbers of this site and its series.

        ``mend`` looks after every table; otherwise the version is believed.
        """
        await migrate(self.connection, self.schema, again=mend)
        # Instants go as microseconds: no datetime is made for each row.
        await self.connection.set_type_codec(
            "timestamptz",
            schema="pg_catalog",
            encoder=lambda value: value,
            decoder=lambda value: value,
            format="tuple",
        )
        await self._find_zone()
        await self._find_site()
        await self.execute(statements.FORGET_WRITERS, self.site_id)
        await self._find_series()
        await self._find_months()
        now = self._now()
        for at in (now, now + _MONTHS_AHEAD / 2, now + _MONTHS_AHEAD):
            await self._ensure_month(at)

    async def _find_zone(self) -> None:
        try:
            await self.value("SELECT now() AT TIME ZONE $1", self.zone)
        except asyncpg.InvalidParameterValueError:
            self.problems.tell(Problem.TIME_ZONE_UNKNOWN, time_zone=self.zone)
            self.zone = "UTC"
        else:
            self.problems.solve(Problem.TIME_ZONE_UNKNOWN)

    async def _find_site(self) -> None:
        site = self._site
        values = (
            *(site.uid, site.name, site.country, site.region),
            *(site.city, site.district, self.zone),
        )
        while (found := await self.value(statements.UPDATE_SITE, *values)) is None:
            try:
                last = await self.value(statements.LAST_SITE)
                await self.execute(statements.ADD_SITE, *values, last)
            except asyncpg.UniqueViolationError:
                _LOGGER.debug("Another site was faster; asking for the next number")
        self.site_id = found

    async def _find_series(self) -> None:
        known = await self.connection.fetch(
            self.sql(statements.KNOWN_SERIES), self.site_id
        )
        self._series = {Series(*names): number for number, *names in known}

    async def _find_months(self) -> None:
        names = await self.connection.fetch(statements.PARTITIONS, quote(self.schema))
        self._months = {
            (int(parts[1]), int(parts[2]))
            for (name,) in names
            if len(parts := name.split("_")) == 3
        }

    async def _ensure_month(self, at: datetime) -> None:
        """Have a partition for a month made; a month that must not be is default."""
        if (at.year, at.month) not in self._months:
            self._months.add((at.year, at.month))
            moment = as_sent(at)
            await self.value(statements.ENSURE_PARTITIONS, moment, moment)

    async def ensure_months(self, batch: ReadingBatch) -> None:
        """Have the partitions made that readings need."""
        for day in {at // _DAY_US for at in batch.at}:
            await self._ensure_month(EPOCH + timedelta(days=day))

    def known(self, used: Mapping[int, Series]) -> dict[int, int] | None:
        """Return the database's numbers of series; None when one has none yet.

        ``used`` are the series by the spool's own numbers, as the answer is.
        """
        try:
            return {number: self._series[series] for number, series in used.items()}
        except KeyError:
            return None

    async def numbers(self, used: Mapping[int, Series]) -> dict[int, int]:
        """Return the same; new series are given their numbers."""
        while (numbers := self.known(used)) is None:
            new = [one for one in used.values() if one not in self._series]
            names = [(one.kind, one.subject, one.metric, one.unit) for one in new]
            columns = map(list, zip(*names, strict=True))
            await self.execute(statements.ADD_SERIES, self.site_id, *columns)
            await self._find_series()
        return numbers

    async def heartbeat(self, waiting: int, lag_s: float) -> None:
        """Tell that this writer lives, and look at the clock and at others."""
        before = self._now()
        row = await self.connection.fetchrow(
            self.sql(statements.HEARTBEAT),
            *(self.site_id, self._writer_id, waiting, lag_s),
        )
        assert row is not None
        started, server = row
        self._compare_clocks(before + (self._now() - before) / 2, received(server))
        others = await self.value(
            statements.OTHER_WRITERS, self.site_id, self._writer_id, started
        )
        if others:
            self.problems.tell(Problem.TWO_WRITERS, others=others)
        else:
            self.problems.solve(Problem.TWO_WRITERS)

    def _compare_clocks(self, here: datetime, there: datetime) -> None:
        self._ahead = here - there
        if self._clock_is_wrong:
            ahead_s = int(self._ahead.total_seconds())
            self.problems.tell(Problem.CLOCK_WRONG, ahead_s=ahead_s)
        else:
            self.problems.solve(Problem.CLOCK_WRONG)

    @property
    def _clock_is_wrong(self) -> bool:
        return abs(self._ahead) > _CLOCK_TOLERANCE

    def quality(self, batch: ReadingBatch, *, fresh: bool) -> Sequence[int]:
        """Return the quality of each reading, marked where the clock was wrong.

        Readings of the future are always marked; ``fresh`` ones while the clock
        differs from the server's, but for those that were filled in later.
        """
        if fresh and self._clock_is_wrong:
            return [
                quality if quality & _BACKFILLED else quality | _CLOCK_WRONG
                for quality in batch.quality
            ]
        latest = self._now() - self._ahead + _CLOCK_TOLERANCE
        latest_us = (latest - EPOCH) // timedelta(microseconds=1)
        if max(batch.at) <= latest_us:
            return batch.quality
        return [
            quality | _CLOCK_WRONG if at > latest_us else quality
            for quality, at in zip(batch.quality, batch.at, strict=True)
        ]


def as_sent(at: datetime) -> tuple[int]:
    """Return an instant as the connection takes it."""
    microseconds = (at.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)
    return (microseconds - EPOCH_US,)


def received(at: tuple[int]) -> datetime:
    """Return an instant that the connection gave."""
    return instant(at[0] + EPOCH_US)
