"""The mirror as the rest of the integration sees it."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched
from pathlib import Path
from typing import Final

from .connection import MirrorSettings
from .encoding import instant
from .errors import Problem
from .history import History
from .intake import Refused
from .missing import Missing
from .problems import Detail, Problems
from .room import SpoolLimits
from .rows import Row, SiteRow
from .spool import Spool
from .writer import Writer

STOP_DRAIN_S: Final = 3
FILL_ROWS: Final = 500
FILL_AHEAD: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorStatus:
    """How the mirror is doing.

    ``lag_s`` is the time since everything measured until then had arrived.
    ``rows_sent``, ``rows_lost``, ``rows_thinned`` and ``rows_quarantined`` count
    since the start.
    """

    connected: bool
    rows_waiting: int
    lag_s: float
    rows_per_minute: int
    rows_sent: int
    rows_lost: int
    rows_thinned: int
    rows_quarantined: int
    last_error: Problem | None
    problems: Mapping[Problem, Detail]


class Mirror:
    """Takes rows at any time, keeps them on disk, and brings them to the database.

    All methods are called from the event loop; none waits there for a disk or for
    the database. ``now`` tells the time of day.
    """

    def __init__(
        self,
        settings: MirrorSettings,
        site: SiteRow,
        directory: Path,
        *,
        on_problem: Callable[[Problem, Detail], None],
        on_solved: Callable[[Problem], None],
        limits: SpoolLimits | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take the folder for the spool's files, and who is told of problems."""
        self._now = now
        self._problems = Problems(on_problem, on_solved)
        self._spool = Spool(directory, self._problems, self._wake, limits)
        self._writer = Writer(settings, site, self._spool, self._problems, now)
        self.history = History(settings, site)
        self.missing = Missing(settings, site)
        self.time_zone = site.time_zone
        self._writing: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the spool and begin to send; the database need not be there."""
        await self._spool.open()
        oldest_us = await self._spool.oldest_us()
        if oldest_us is not None:
            self._writer.arrived_until = min(instant(oldest_us), self._now())
        self._writing = asyncio.get_running_loop().create_task(self._writer.run())

    async def stop(self) -> None:
        """Put everything on disk, give sending a moment, and end."""
        if self._writing is None:
            return
        await self._spool.flush()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_DRAIN_S):
                while self._writer.connected and self._spool.waiting:
                    await self._writer.progress()
        self._writing.cancel()
        await asyncio.wait([self._writing])
        self._writing = None
        await self.history.close()
        await self.missing.close()
        await self._spool.close()

    def offer(self, row: Row) -> None:
        """Take a row; it is on disk within a second."""
        self._spool.offer(row)

    def offer_many(self, rows: Iterable[Row]) -> None:
        """Take several rows."""
        for row in rows:
            self._spool.offer(row)

    async def fill_in(self, rows: Iterable[Row]) -> int:
        """Take many rows of the past, no faster than they are sent; return how many.

        Those that the database has already change nothing there. Fresh rows wait
        for no more than a few thousand of these.
        """
        count = 0
        for chunk in batched(rows, FILL_ROWS, strict=False):
            self.offer_many(chunk)
            count += len(chunk)
            await self.flush()
            while self._spool.waiting > FILL_AHEAD:
                await self._writer.progress()
        return count

    async def arrived(self) -> None:
        """Return when the database is there and has all that was offered until now."""
        await self.flush()
        await self._writer.cleared()

    async def flush(self) -> None:
        """Return when everything offered until now is on disk."""
        await self._spool.flush()

    async def hold_files(self) -> None:
        """Leave the spool's file as it is, so that it can be copied while rows come."""
        await self._spool.hold(True)

    async def release_files(self) -> None:
        """Let the spool's file change again."""
        await self._spool.hold(False)

    @property
    def rows_kept(self) -> int:
        """How many of the rows offered since the start were put on disk."""
        return self._spool.kept

    async def progress(self) -> None:
        """Return after the next batch, look at the spool, or failure."""
        await self._writer.progress()

    async def quarantined(self) -> list[Refused]:
        """Return the rows that no database took: table, body, cause."""
        return await self._spool.quarantined()

    async def refusals(self) -> dict[tuple[str, str], int]:
        """Return how many rows were set aside, by table and cause; these are kept."""
        if self._writing is None:
            return {}
        return Counter(
            (table, cause) for table, _, cause in await self._spool.quarantined()
        )

    def confirm(self, problem: Problem) -> None:
        """Take note that a person knows of a loss; the next one is told again."""
        self._problems.rearm(problem)

    def status(self) -> MirrorStatus:
        """Return how the mirror is doing now."""
        tally = self._spool.tally
        return MirrorStatus(
            connected=self._writer.connected,
            rows_waiting=self._spool.waiting,
            lag_s=self._writer.lag_s(self._now()),
            rows_per_minute=self._writer.rows_per_minute,
            rows_sent=self._writer.rows_sent,
            rows_lost=tally.lost,
            rows_thinned=tally.thinned,
            rows_quarantined=tally.quarantined,
            last_error=self._writer.last_error,
            problems=dict(self._problems.active),
        )

    def _wake(self) -> None:
        self._writer.wake()
