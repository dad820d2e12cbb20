"""One connection's work: batches of one site into the tables."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
import io
import json
import logging
import struct
from typing import Any, Final

import asyncpg

from . import statements
from .batch import ReadingBatch, RecordBatch, ThinnedBatch
from .connection import Connection
from .errors import MirrorError, Problem, Remedy, remedy, sqlstate
from .migrations import migrate, quote
from .problems import Problems
from .rows import EPOCH, Quality, Series, SiteRow, instant
from .spool import Spool
from .storage import Refused

_LOGGER = logging.getLogger(__name__)

# PostgreSQL counts microseconds from 2000-01-01.
_POSTGRES_EPOCH_US: Final = 946_684_800_000_000
_DAY_US: Final = 86_400_000_000
_CLOCK_TOLERANCE: Final = timedelta(minutes=5)
_AHEAD: Final = timedelta(days=62)
# A plain number: the driver takes a flag for a list of flags.
_CLOCK_WRONG: Final = int(Quality.CLOCK_WRONG)
# A statement that fails for that many rows in a row is at fault itself.
_REFUSED_MAX: Final = 100
_PART: Final = 1_000

# PostgreSQL, COPY, binary format: a header, tuples of counted fields, an end.
_COPY_HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_END: Final = b"\xff\xff"
_COPY_TUPLE: Final = struct.Struct("!hiiiiiqidih")


class Sender:
    """Stores batches over a connection that is its own.

    Every method raises what the driver raises; what may be sent again is not
    forgotten before.
    """

    def __init__(
        self,
        connection: Connection,
        schema: str,
        site: SiteRow,
        spool: Spool,
        problems: Problems,
        now: Callable[[], datetime],
        writer_id: int,
    ) -> None:
        self._connection = connection
        self._schema = schema
        self._site = site
        self._spool = spool
        self._problems = problems
        self._now = now
        self._writer_id = writer_id
        self._sql: dict[str, str] = {}
        self._site_id = 0
        self._zone = "UTC"
        self._series: dict[Series, int] = {}
        self._months: set[tuple[int, int]] = set()
        self._ahead = timedelta(0)
        self._refused: list[Refused] = []
        self._refused_in_a_row = 0

    def _in_schema(self, statement: str) -> str:
        text = self._sql.get(statement)
        if text is None:
            text = statement.replace("{schema}", quote(self._schema))
            self._sql[statement] = text
        return text

    # Before the first row

    async def prepare(self, *, mend: bool) -> None:
        """Make the schema ready, and learn the numbers of this site and its series.

        ``mend`` looks after every table; otherwise the version is believed.
        """
        await migrate(self._connection, self._schema, again=mend)
        # Instants go as microseconds: no datetime is made for each row.
        await self._connection.set_type_codec(
            "timestamptz",
            schema="pg_catalog",
            encoder=lambda value: value,
            decoder=lambda value: value,
            format="tuple",
        )
        await self._find_zone()
        await self._find_site()
        await self._connection.execute(
            self._in_schema(statements.FORGET_WRITERS), self._site_id
        )
        await self._find_series()
        self._months = await self._find_months()
        now = self._now()
        for at in (now, now + _AHEAD / 2, now + _AHEAD):
            await self._ensure_month(at)

    async def _find_zone(self) -> None:
        try:
            await self._connection.fetchval(
                "SELECT now() AT TIME ZONE $1", self._site.time_zone
            )
        except asyncpg.InvalidParameterValueError:
            self._zone = "UTC"
            self._problems.tell(
                Problem.TIME_ZONE_UNKNOWN, time_zone=self._site.time_zone
            )
        else:
            self._zone = self._site.time_zone
            self._problems.solve(Problem.TIME_ZONE_UNKNOWN)

    async def _find_site(self) -> None:
        site = self._site
        values = (
            *(site.uid, site.name, site.country, site.region),
            *(site.city, site.district, site.time_zone),
        )
        update = self._in_schema(statements.UPDATE_SITE)
        while (found := await self._connection.fetchval(update, *values)) is None:
            try:
                add = self._in_schema(statements.ADD_SITE)
                await self._connection.execute(add, *values)
            except asyncpg.UniqueViolationError:
                _LOGGER.debug("Another site was faster; asking for the next number")
        self._site_id = found

    async def _find_series(self) -> None:
        known = await self._connection.fetch(
            self._in_schema(statements.KNOWN_SERIES), self._site_id
        )
        self._series = {Series(*names): number for number, *names in known}

    async def _find_months(self) -> set[tuple[int, int]]:
        names = await self._connection.fetch(statements.PARTITIONS, quote(self._schema))
        return {
            (int(parts[1]), int(parts[2]))
            for (name,) in names
            if len(parts := name.split("_")) == 3
        }

    async def _ensure_month(self, at: datetime) -> None:
        """Have a partition for a month made; a month that must not be is default."""
        if (at.year, at.month) not in self._months:
            self._months.add((at.year, at.month))
            moment = (_postgres_us(at),)
            await self._connection.fetchval(
                self._in_schema(statements.ENSURE_PARTITIONS), moment, moment
            )

    async def heartbeat(self, waiting: int, lag_s: float) -> None:
        """Tell that this writer lives, and look at the clock and at others."""
        before = self._now()
        row = await self._connection.fetchrow(
            self._in_schema(statements.HEARTBEAT),
            *(self._site_id, self._writer_id, waiting, lag_s),
        )
        assert row is not None
        (started_us,), (server_us,) = row
        server = instant(server_us + _POSTGRES_EPOCH_US)
        self._ahead = before + (self._now() - before) / 2 - server
        if abs(self._ahead) > _CLOCK_TOLERANCE:
            ahead_s = int(self._ahead.total_seconds())
            self._problems.tell(Problem.CLOCK_WRONG, ahead_s=ahead_s)
        else:
            self._problems.solve(Problem.CLOCK_WRONG)
        others = await self._connection.fetchval(
            self._in_schema(statements.OTHER_WRITERS),
            *(self._site_id, self._writer_id, (started_us,)),
        )
        if others:
            self._problems.tell(Problem.TWO_WRITERS, others=others)
        else:
            self._problems.solve(Problem.TWO_WRITERS)

    # Readings

    async def send_live(self, batch: ReadingBatch) -> None:
        """Store fresh readings with their sums, in one statement."""
        await self._ensure_months(batch)
        await self._insert(batch, statements.INSERT_NEW)
        await self._set_aside()

    async def send_backlog(self, batch: ReadingBatch) -> None:
        """Store many readings by COPY with their sums, in one transaction."""
        await self._ensure_months(batch)
        try:
            await self._copy(batch)
        except Exception as error:
            if sqlstate(error) != "23505" and remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            for begin in range(0, len(batch), _PART):
                part = batch.part(begin, begin + _PART)
                await self._insert(part, statements.INSERT_ANY)
            await self._set_aside()

    async def _ensure_months(self, batch: ReadingBatch) -> None:
        for day in {at // _DAY_US for at in batch.at}:
            await self._ensure_month(EPOCH + timedelta(days=day))

    async def _copy(self, batch: ReadingBatch) -> None:
        numbers = await self._numbers(batch)
        quality = self._quality(batch)
        data = await self._spool.run(_encode, batch, numbers, quality, self._site_id)
        async with self._connection.transaction():
            await self._connection.copy_to_table(
                "reading",
                schema_name=self._schema,
                columns=["site_id", "series_id", "at", "value", "quality"],
                source=io.BytesIO(data),
                format="binary",
            )
            await self._connection.fetchval(
                self._in_schema(statements.ADD_SUMS),
                *(self._site_id, self._zone),
                *_columns(batch.groups, numbers),
            )

    async def _insert(self, batch: ReadingBatch, statement: str) -> None:
        """Store readings; what is there already is compared, what is bad set aside."""
        try:
            numbers = await self._numbers(batch)
            columns = (
                [numbers[series] for series in batch.series],
                [(at - _POSTGRES_EPOCH_US,) for at in batch.at],
                batch.value,
                self._quality(batch),
            )
            count = await self._connection.fetchval(
                self._in_schema(statement), self._site_id, self._zone, *columns
            )
        except asyncpg.UniqueViolationError:
            await self._insert(batch, statements.INSERT_ANY)
        except Exception as error:
            if remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            await self._halve(batch, error)
        else:
            self._refused_in_a_row = 0
            if count < len(batch):
                await self._keep_conflicts(columns)

    async def _keep_conflicts(self, columns: Sequence[Sequence[Any]]) -> None:
        kept = await self._connection.execute(
            self._in_schema(statements.KEEP_CONFLICTS), self._site_id, *columns
        )
        if count := int(kept.split()[-1]):
            self._problems.tell(Problem.ROWS_CONFLICT, rows=count)

    async def _halve(self, batch: ReadingBatch, error: Exception) -> None:
        """Find the row that is not accepted; store the others."""
        if (half := len(batch) // 2) == 0:
            series = batch.store.series[batch.series[0]]
            at = instant(batch.at[0]).isoformat()
            row = {"series": [*_names(series)], "at": at, "value": batch.value[0]}
            self._refuse("reading", json.dumps(row), error)
            return
        for part in (batch.part(0, half), batch.part(half, len(batch))):
            await self._insert(part, statements.INSERT_ANY)

    def _refuse(self, table: str, body: str, error: Exception) -> None:
        self._refused_in_a_row += 1
        if self._refused_in_a_row > _REFUSED_MAX:
            raise MirrorError("the database refuses every row")
        cause = sqlstate(error) or type(error).__name__
        self._refused.append((table, body, cause))

    async def _set_aside(self) -> None:
        """Keep the bad rows of a batch whose other rows are stored."""
        if self._refused:
            await self._spool.quarantine(self._refused)
            self._refused = []

    async def _numbers(self, batch: ReadingBatch | ThinnedBatch) -> dict[int, int]:
        """Return the database's numbers by the store's numbers of the series."""
        used = (
            set(batch.series)
            if isinstance(batch, ReadingBatch)
            else {group[0] for group in batch.groups}
        )
        series = {number: batch.store.series[number] for number in used}
        new = [one for one in series.values() if one not in self._series]
        if new:
            await self._connection.execute(
                self._in_schema(statements.ADD_SERIES),
                self._site_id,
                *map(list, zip(*map(_names, new), strict=True)),
            )
            await self._find_series()
        return {number: self._series[one] for number, one in series.items()}

    def _quality(self, batch: ReadingBatch) -> Sequence[int]:
        """Return the quality of each reading, marked where the clock was wrong."""
        if abs(self._ahead) > _CLOCK_TOLERANCE and not batch.groups:
            return [quality | _CLOCK_WRONG for quality in batch.quality]
        latest = self._now() - self._ahead + _CLOCK_TOLERANCE
        latest_us = _postgres_us(latest) + _POSTGRES_EPOCH_US
        if max(batch.at) <= latest_us:
            return batch.quality
        return [
            quality | _CLOCK_WRONG if at > latest_us else quality
            for quality, at in zip(batch.quality, batch.at, strict=True)
        ]

    # All else

    async def send_thinned(self, batch: ThinnedBatch) -> None:
        """Store sums of hours."""
        numbers = await self._numbers(batch)
        series, hours, *sums = _columns(batch.groups, numbers)
        await self._connection.fetchval(
            self._in_schema(statements.INSERT_THINNED),
            *(self._site_id, self._zone, series, hours, list(batch.part), *sums),
        )

    async def send_records(self, batch: RecordBatch) -> None:
        """Store events, frames and descriptions."""
        rows = list(zip(batch.target, batch.body, strict=True))
        for table in statements.RECORDS:
            if bodies := [body for target, body in rows if target == table]:
                await self._store(table, bodies)
        self._refused += [
            (table, body, "unknown table")
            for table, body in rows
            if table not in statements.RECORDS
        ]
        await self._set_aside()

    async def _store(self, table: str, bodies: list[str]) -> None:
        try:
            await self._connection.execute(
                self._in_schema(statements.RECORDS[table]),
                *(self._site_id, f"[{','.join(bodies)}]"),
            )
        except Exception as error:
            if remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            if (half := len(bodies) // 2) == 0:
                self._refuse(table, bodies[0], error)
                return
            await self._store(table, bodies[:half])
            await self._store(table, bodies[half:])
        else:
            self._refused_in_a_row = 0


def _names(series: Series) -> tuple[str, str, str, str]:
    return series.kind, series.subject, series.metric, series.unit


def _postgres_us(at: datetime) -> int:
    return (at.astimezone(UTC) - EPOCH) // timedelta(
        microseconds=1
    ) - _POSTGRES_EPOCH_US


def _columns(
    groups: Sequence[tuple[Any, ...]], numbers: dict[int, int]
) -> list[list[Any]]:
    """Return groups as the columns of a statement."""
    series, begin, *sums = map(list, zip(*groups, strict=True))
    return [
        [numbers[number] for number in series],
        [(at - _POSTGRES_EPOCH_US,) for at in begin],
        *sums,
    ]


def _encode(
    batch: ReadingBatch, numbers: dict[int, int], quality: Sequence[int], site_id: int
) -> bytes:
    """Return the batch as COPY takes it."""
    pack = _COPY_TUPLE.pack
    tuples = [
        pack(
            *(5, 4, site_id, 4, numbers[series], 8, at - _POSTGRES_EPOCH_US),
            *(8, value, 2, flags),
        )
        for series, at, value, flags in zip(
            batch.series, batch.at, batch.value, quality, strict=True
        )
    ]
    return b"".join([_COPY_HEADER, *tuples, _COPY_END])
