"""A durable queue on this machine: no row is lost while the database is away.

The event loop only appends to a list. One thread writes what has gathered in one
transaction, at least once a second, and does all else that touches the disk.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
import logging
from pathlib import Path
from typing import Final

from .batch import Batch, ReadingBatch, RecordBatch, ThinnedBatch
from .errors import Problem
from .intake import Refused
from .problems import Problems
from .room import SpoolLimits
from .rows import Row
from .storage import Storage, Tally
from .store import Store

_LOGGER = logging.getLogger(__name__)

COMMIT_AFTER_S: Final = 0.5
COMMIT_ROWS: Final = 500
OFFERED_MAX: Final = 200_000


class Spool:
    """Rows between the event loop and the database; used from the event loop."""

    def __init__(
        self,
        directory: Path,
        problems: Problems,
        on_kept: Callable[[], None],
        limits: SpoolLimits | None = None,
    ) -> None:
        """Take the folder of the files; ``on_kept`` is called when rows can be sent."""
        self._problems = problems
        self._on_kept = on_kept
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="energy_park_spool")
        self._storage = Storage(
            directory, limits or SpoolLimits(), self._tell, self._solve
        )
        self._offered: list[Row] = []
        self._some = asyncio.Event()
        self._enough = asyncio.Event()
        self._kept = asyncio.Condition()
        self._closing = False
        self.offered = 0
        self.kept = 0

    async def open(self) -> None:
        """Open the file, and begin to keep what is offered."""
        self._loop = asyncio.get_running_loop()
        await self.run(self._storage.open)
        self._keeping = self._loop.create_task(self._keep_forever())

    async def close(self) -> None:
        """Put everything on disk and close it; nothing may be offered any more."""
        if self._closing:
            return
        self._closing = True
        self._some.set()
        self._enough.set()
        await self._keeping
        await self.run(self._storage.close)
        await asyncio.to_thread(self._thread.shutdown)

    def offer(self, row: Row) -> None:
        """Take a row; it is on disk within a second.

        Only a disk that hangs for long makes the list reach its bound; what is
        offered then is lost, and counted.
        """
        if len(self._offered) >= OFFERED_MAX:
            self._lose(1)
            return
        self._offered.append(row)
        self.offered += 1
        if len(self._offered) == 1:
            self._some.set()
        elif len(self._offered) == COMMIT_ROWS:
            self._enough.set()

    async def flush(self) -> None:
        """Return when everything offered until now is on disk."""
        target = self.offered
        self._enough.set()
        async with self._kept:
            await self._kept.wait_for(lambda: self.kept >= target)

    async def take_live(self, limit: int) -> ReadingBatch | None:
        """Return fresh readings, None when there are none."""
        return await self.run(self._storage.take, Store.take_live, limit)

    async def take_backlog(self, limit: int) -> ReadingBatch | None:
        """Return old readings with their groups, None when there are none."""
        return await self.run(self._storage.take, Store.take_backlog, limit)

    async def take_records(self, limit: int) -> RecordBatch | None:
        """Return records, None when there are none."""
        return await self.run(self._storage.take, Store.take_records, limit)

    async def take_thinned(self, limit: int) -> ThinnedBatch | None:
        """Return sums of hours, None when there are none."""
        return await self.run(self._storage.take, Store.take_thinned, limit)

    async def forget(self, batch: Batch) -> None:
        """Take note that the database has these rows."""
        await self.run(self._storage.forget, batch)

    async def rewind(self) -> None:
        """Hand out everything again."""
        await self.run(self._storage.rewind)

    async def tidy(self) -> None:
        """Write down what was sent, when nothing else is written."""
        await self.run(self._storage.tidy)

    async def quarantine(self, refused: Sequence[Refused]) -> None:
        """Set rows aside that the database refuses."""
        await self.run(self._storage.quarantine, refused)

    async def quarantined(self) -> list[Refused]:
        """Return the rows that were set aside: table, body, cause."""
        return await self.run(self._storage.quarantined)

    async def hold(self, on: bool) -> None:
        """Leave the file as it is while somebody copies it, or do so no longer."""
        if not self._closing:
            await self.run(self._storage.hold, on)

    async def used_bytes(self) -> int:
        """Return the room that the rows take."""
        return await self.run(lambda: self._storage.used_bytes)

    async def oldest_us(self) -> int | None:
        """Return the instant of the row that came first; None when nothing waits."""
        return await self.run(lambda: self._storage.oldest_us)

    @property
    def waiting(self) -> int:
        """Rows that the database does not have yet."""
        return self.offered - self.kept + self._storage.waiting

    @property
    def tally(self) -> Tally:
        """What happened to rows here."""
        return self._storage.tally

    async def run[*A, T](self, function: Callable[[*A], T], *arguments: *A) -> T:
        """Run work in the spool's thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, function, *arguments)

    async def _keep_forever(self) -> None:
        while not self._closing or self._offered:
            await self._some.wait()
            with suppress(TimeoutError):
                async with asyncio.timeout(0 if self._closing else COMMIT_AFTER_S):
                    await self._enough.wait()
            offered, self._offered = self._offered, []
            self._some.clear()
            self._enough.clear()
            try:
                await self.run(self._storage.keep, offered)
            except Exception:
                # Those that come after must not suffer.
                _LOGGER.exception("Rows cannot be kept")
                self._lose(len(offered))
            async with self._kept:
                self.kept += len(offered)
                self._kept.notify_all()
            self._on_kept()

    def _lose(self, count: int) -> None:
        self.tally.lost += count
        self._problems.tell(Problem.ROWS_LOST, rows=self.tally.lost)

    def _tell(self, problem: Problem, detail: dict[str, int]) -> None:
        self._loop.call_soon_threadsafe(lambda: self._problems.tell(problem, **detail))

    def _solve(self, problem: Problem) -> None:
        self._loop.call_soon_threadsafe(self._problems.solve, problem)
