"""Batches of one site into the tables, each row once."""

from collections.abc import Sequence
from dataclasses import dataclass
import io
import json
from typing import Any, Final

import asyncpg

from . import statements
from .batch import Batch, Group, ReadingBatch, RecordBatch, ThinnedBatch
from .copying import copy_data
from .encoding import instant
from .errors import Problem, Remedy, remedy, sqlstate
from .refusals import Held, Judge, Refusals
from .rows import Series
from .session import EPOCH_US, Session
from .spool import Spool

_PART: Final = 1_000


@dataclass(frozen=True, slots=True)
class Backlog:
    """Readings of a backlog, and how COPY takes them.

    ``data`` is None when that could not be told before they are sent.
    """

    batch: ReadingBatch
    data: bytes | None

    def __len__(self) -> int:
        return len(self.batch)


class Sender:
    """Takes batches from the spool and stores them.

    Every method raises what the driver raises; what may be sent again is not
    forgotten before. Each returns whether the batch is done with: one whose rows were
    all refused is held, until it is known whose fault that is.
    """

    def __init__(self, session: Session, spool: Spool, refusals: Refusals) -> None:
        self._session = session
        self._spool = spool
        self._judge = Judge(refusals)

    async def _put_away(self, batch: Batch, settled: Sequence[Held]) -> bool:
        """Forget what is settled, its bad rows set aside; return whether a batch is."""
        for held in settled:
            if held.refused:
                await self._spool.quarantine(held.refused)
            await self._spool.forget(held.batch)
        return any(held.batch is batch for held in settled)

    # Readings

    async def send_live(self, batch: ReadingBatch) -> bool:
        """Store fresh readings with their sums, in one statement."""
        async with self._session.turn:
            await self._session.ensure_months(batch)
            await self._insert(batch, statements.INSERT_NEW, fresh=True)
            settled = self._judge.settle(batch)
        return await self._put_away(batch, settled)

    async def load_backlog(self, limit: int) -> Backlog | None:
        """Return the oldest readings, ready to be sent; None when there are none."""
        batch = await self._spool.take_backlog(limit)
        if batch is None:
            return None
        numbers = self._session.known(_used(batch))
        data = None if numbers is None else await self._encode(batch, numbers)
        return Backlog(batch, data)

    async def send_backlog(self, backlog: Backlog) -> bool:
        """Store many readings by COPY with their sums, in one transaction."""
        batch = backlog.batch
        async with self._session.turn:
            await self._session.ensure_months(batch)
            try:
                await self._copy(backlog)
            except Exception as error:
                # One is there already, or one is bad: go through them in parts.
                if remedy(error) is not Remedy.FIND_BAD_ROW:
                    raise
                for begin in range(0, len(batch), _PART):
                    part = batch.part(begin, begin + _PART)
                    await self._insert(part, statements.INSERT_ANY)
            else:
                self._judge.accept("reading")
            settled = self._judge.settle(batch)
        return await self._put_away(batch, settled)

    async def _encode(self, batch: ReadingBatch, numbers: dict[int, int]) -> bytes:
        quality = self._session.quality(batch, fresh=False)
        return await self._spool.run(
            copy_data, batch, numbers, quality, self._session.site_id
        )

    async def _copy(self, backlog: Backlog) -> None:
        session, batch = self._session, backlog.batch
        numbers = await session.numbers(_used(batch))
        data = backlog.data or await self._encode(batch, numbers)
        async with session.connection.transaction():
            await session.connection.copy_to_table(
                "reading",
                schema_name=session.schema,
                columns=["site_id", "series_id", "at", "value", "quality"],
                source=io.BytesIO(data),
                format="binary",
            )
            await session.value(
                statements.ADD_SUMS,
                *(session.site_id, session.zone),
                *_columns(batch.groups, numbers),
            )

    async def _insert(
        self, batch: ReadingBatch, statement: str, *, fresh: bool = False
    ) -> None:
        """Store readings; what is there already is compared, what is bad set aside."""
        session = self._session
        try:
            numbers = await session.numbers(_used(batch))
            columns = (
                [numbers[series] for series in batch.series],
                [(at - EPOCH_US,) for at in batch.at],
                batch.value,
                session.quality(batch, fresh=fresh),
            )
            count = await session.value(
                statement, session.site_id, session.zone, *columns
            )
        except asyncpg.UniqueViolationError:
            await self._insert(batch, statements.INSERT_ANY, fresh=fresh)
        except Exception as error:
            if remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            await self._halve(batch, error, fresh=fresh)
        else:
            if count:
                self._judge.accept("reading")
            if count < len(batch):
                await self._keep_conflicts(columns)

    async def _keep_conflicts(self, columns: Sequence[Sequence[Any]]) -> None:
        kept = await self._session.execute(
            statements.KEEP_CONFLICTS, self._session.site_id, *columns
        )
        if count := _count(kept):
            self._session.problems.tell(Problem.ROWS_CONFLICT, rows=count)

    async def _halve(
        self, batch: ReadingBatch, error: Exception, *, fresh: bool
    ) -> None:
        """Find the row that is not accepted; store the others."""
        if half := len(batch) // 2:
            for part in (batch.part(0, half), batch.part(half, len(batch))):
                await self._insert(part, statements.INSERT_ANY, fresh=fresh)
            return
        self._refuse("reading", _told_reading(batch), error)

    # All else

    async def send_thinned(self, batch: ThinnedBatch) -> bool:
        """Store sums of hours."""
        async with self._session.turn:
            await self._insert_thinned(batch)
            settled = self._judge.settle(batch)
        return await self._put_away(batch, settled)

    async def _insert_thinned(self, batch: ThinnedBatch) -> None:
        session = self._session
        try:
            numbers = await session.numbers(_used(batch))
            series, hours, *sums = _columns(batch.groups, numbers)
            count = await session.value(
                statements.INSERT_THINNED,
                *(session.site_id, session.zone, series, hours),
                *(list(batch.numbers), *sums),
            )
        except Exception as error:
            if remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            if half := len(batch) // 2:
                await self._insert_thinned(batch.part(0, half))
                await self._insert_thinned(batch.part(half, len(batch)))
            else:
                self._refuse("reading_thinned", _told_sum(batch), error)
        else:
            if count:
                self._judge.accept("reading_thinned")

    async def send_records(self, batch: RecordBatch) -> bool:
        """Store events, frames and descriptions."""
        rows = list(zip(batch.target, batch.body, strict=True))
        async with self._session.turn:
            for table in statements.RECORDS:
                if bodies := [body for target, body in rows if target == table]:
                    await self._store(table, bodies)
            for table, body in rows:
                if table not in statements.RECORDS:
                    self._judge.set_aside(table, body, "unknown table")
            settled = self._judge.settle(batch)
        return await self._put_away(batch, settled)

    async def _store(self, table: str, bodies: list[str]) -> None:
        session = self._session
        try:
            rows = f"[{','.join(bodies)}]"
            stored = await session.execute(
                statements.RECORDS[table], session.site_id, rows
            )
        except Exception as error:
            if remedy(error) is not Remedy.FIND_BAD_ROW:
                raise
            if half := len(bodies) // 2:
                await self._store(table, bodies[:half])
                await self._store(table, bodies[half:])
            else:
                self._refuse(table, bodies[0], error)
        else:
            if _count(stored):
                self._judge.accept(table)

    def _refuse(self, table: str, body: str, error: Exception) -> None:
        self._judge.refuse(table, body, sqlstate(error) or type(error).__name__)


def _count(tag: str) -> int:
    """Return the rows that a statement's tag tells, such as INSERT 0 1."""
    return int(tag.rsplit(maxsplit=1)[-1])


def _told_reading(batch: ReadingBatch) -> str:
    """Return the one reading of a batch as JSON."""
    series = batch.store.series[batch.series[0]]
    at = instant(batch.at[0]).isoformat()
    row = {"series": _names(series), "at": at, "value": batch.value[0]}
    return json.dumps(row)


def _told_sum(batch: ThinnedBatch) -> str:
    """Return the one sum of a batch as JSON."""
    number, hour_us, *sums = batch.groups[0]
    series = batch.store.series[number]
    hour_at = instant(hour_us).isoformat()
    return json.dumps({"series": _names(series), "hour_at": hour_at, "sums": sums})


def _names(series: Series) -> tuple[str, ...]:
    return series.kind, series.subject, series.metric, series.unit


def _used(batch: ReadingBatch | ThinnedBatch) -> dict[int, Series]:
    """Return the series of a batch by the store's numbers."""
    numbers = (
        set(batch.series)
        if isinstance(batch, ReadingBatch)
        else {group[0] for group in batch.groups}
    )
    return {number: batch.store.series[number] for number in numbers}


def _columns(groups: Sequence[Group], numbers: dict[int, int]) -> list[list[Any]]:
    """Return groups as the columns of a statement."""
    series, begin, *sums = map(list, zip(*groups, strict=True))
    return [
        [numbers[number] for number in series],
        [(at - EPOCH_US,) for at in begin],
        *sums,
    ]
