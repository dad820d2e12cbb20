"""Carries the spool to the database, for as long as it takes."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sized
from contextlib import aclosing
from datetime import datetime
from functools import partial
from itertools import count
import logging
import secrets
from typing import Final

from .connection import MirrorSettings, connect
from .errors import Problem, Remedy, problem, remedy
from .problems import Problems
from .refusals import Refusals
from .rows import SiteRow
from .sender import Sender
from .session import Session
from .spool import Spool

_LOGGER = logging.getLogger(__name__)

LIVE_ROWS: Final = 1_000
BACKLOG_ROWS: Final = 10_000
RECORD_ROWS: Final = 500
THINNED_ROWS: Final = 2_000
SMALLEST_ROWS: Final = 50
HEARTBEAT_S: Final = 60
FIRST_RETRY_S: Final = 0.5
LAST_RETRY_S: Final = 60.0
_KINDS: Final = 4

# These end when a connection works for all kinds of rows.
_PASSING: Final = (
    Problem.UNREACHABLE,
    Problem.NOT_READY,
    Problem.TLS_REFUSED,
    Problem.CERTIFICATE,
    Problem.NOT_ADMITTED,
    Problem.WRONG_PASSWORD,
    Problem.NO_SUCH_DATABASE,
    Problem.NO_RIGHT,
    Problem.TOO_OLD,
    Problem.READ_ONLY,
    Problem.SCHEMA_MISSING,
    Problem.SERVER_FULL,
    Problem.SERVER_ERROR,
)


class Writer:
    """One task that connects, sends, and begins again after every failure.

    Fresh readings go first; a backlog fills the time that they leave.
    """

    def __init__(
        self,
        settings: MirrorSettings,
        site: SiteRow,
        spool: Spool,
        problems: Problems,
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._site = site
        self._spool = spool
        self._problems = problems
        self._now = now
        self._writer_id = secrets.randbits(63)
        self._wakes: dict[str, asyncio.Event] = {}
        self._looks = count(1)
        self._clear: dict[str, tuple[int, datetime]] = {}
        self._cleared = 0
        self._sound: set[str] = set()
        self._progress = asyncio.Event()
        self._mend = False
        self._share = 1.0
        self._retry_s = FIRST_RETRY_S
        self._refusals = Refusals()
        self._sent: deque[tuple[float, int]] = deque()
        self.connected = False
        self.arrived_until = now()
        self.rows_sent = 0
        self.last_error: Problem | None = None

    def wake(self) -> None:
        """Look at the spool now."""
        for wake in self._wakes.values():
            wake.set()

    async def progress(self) -> None:
        """Return after the next batch, look at the spool, or failure."""
        self._progress.clear()
        await self._progress.wait()

    async def cleared(self) -> None:
        """Return when the database has all that is in the spool now."""
        asked = next(self._looks)
        self.wake()
        while not self.connected or (self._spool.waiting and self._cleared < asked):
            await self.progress()

    @property
    def rows_per_minute(self) -> int:
        """Rows that the database took in the last minute."""
        self._trim(asyncio.get_running_loop().time())
        return sum(rows for _, rows in self._sent)

    def lag_s(self, now: datetime) -> float:
        """Return the seconds since everything that was measured had arrived."""
        if not self._spool.waiting:
            return 0.0
        return max((now - self.arrived_until).total_seconds(), 0.0)

    async def run(self) -> None:
        """Send for ever; ends only when it is cancelled."""
        while True:
            try:
                await self._connect_and_send()
            except* Exception as errors:  # noqa: BLE001 - nothing may end this
                self._learn(_first(errors))
            self.connected = False
            self._progress.set()
            await asyncio.sleep(self._retry_s * (0.75 + secrets.randbelow(50) / 100))
            self._retry_s = min(self._retry_s * 2, LAST_RETRY_S)

    def _learn(self, error: BaseException) -> None:
        _LOGGER.debug("The connection failed", exc_info=error)
        self.last_error = problem(error)
        self._problems.tell(self.last_error)
        self._mend = remedy(error) is Remedy.MEND_SCHEMA
        if isinstance(error, TimeoutError):
            # Over a slow line, or into a slow disk, all of a batch takes too long.
            self._share = max(self._share / 2, SMALLEST_ROWS / BACKLOG_ROWS)

    async def _connect_and_send(self) -> None:
        connection = await connect(self._settings)
        try:
            session = Session(
                connection,
                self._settings.schema,
                self._site,
                self._problems,
                self._now,
                self._writer_id,
            )
            await session.prepare(mend=self._mend)
            self._mend = False
            await self._spool.rewind()
            self._sound.clear()
            sender = Sender(session, self._spool, self._refusals)
            await self._send(session, sender, self._spool)
        finally:
            connection.terminate()

    async def _send(self, session: Session, sender: Sender, spool: Spool) -> None:
        """Send everything and tell that this writer lives, until something fails."""
        async with asyncio.TaskGroup() as group:
            for task in (
                self._beat(session),
                self._carry(spool.take_records, RECORD_ROWS, sender.send_records),
                self._carry(spool.take_thinned, THINNED_ROWS, sender.send_thinned),
                self._carry(spool.take_live, LIVE_ROWS, sender.send_live),
                self._carry(sender.load_backlog, BACKLOG_ROWS, sender.send_backlog),
            ):
                group.create_task(task)

    async def _beat(self, session: Session) -> None:
        while True:
            async with session.turn:
                await session.heartbeat(self._spool.waiting, self.lag_s(self._now()))
            self._works("heartbeat")
            if not self._spool.waiting:
                self._succeed(0)
            await asyncio.sleep(HEARTBEAT_S)

    async def _carry[B: Sized](
        self,
        take: Callable[[int], Awaitable[B | None]],
        limit: int,
        send: Callable[[B], Awaitable[bool]],
    ) -> None:
        """Send what there is of one kind, and then whatever comes."""
        kind = send.__name__
        wake = self._wakes[kind] = asyncio.Event()
        while True:
            wake.clear()
            look = next(self._looks), self._now()
            some = partial(self._take, take, limit)
            settled = True
            async with aclosing(read_ahead(some)) as batches:
                async for batch in batches:
                    if settled := await send(batch):
                        self._works(kind)
                        self._succeed(len(batch))
            if settled:
                self._works(kind)
            await self._spool.tidy()
            self._clear[kind] = look
            # What was here when the connection began waits for every kind's first look.
            if len(self._clear) == _KINDS:
                self._cleared, self.arrived_until = min(self._clear.values())
                self._progress.set()
            if not self._spool.waiting:
                self._problems.rearm(Problem.ROWS_THINNED)
            await wake.wait()

    async def _take[B](
        self, take: Callable[[int], Awaitable[B | None]], limit: int
    ) -> B | None:
        return await take(max(int(limit * self._share), SMALLEST_ROWS))

    def _works(self, kind: str) -> None:
        """Take note that one kind of rows has no trouble; when none has, all is well.

        One that is refused must not be told and taken back as often as another arrives.
        """
        self._sound.add(kind)
        if len(self._sound) > _KINDS:
            self._retry_s = FIRST_RETRY_S
            self._problems.solve(*_PASSING)

    def _succeed(self, rows: int) -> None:
        if rows:
            self._share = min(self._share * 1.1, 1.0)
        self.connected = True
        self._progress.set()
        self.rows_sent += rows
        now_s = asyncio.get_running_loop().time()
        self._sent.append((now_s, rows))
        self._trim(now_s)

    def _trim(self, now_s: float) -> None:
        while self._sent and self._sent[0][0] < now_s - 60:
            self._sent.popleft()


async def read_ahead[B](take: Callable[[], Awaitable[B | None]]) -> AsyncGenerator[B]:
    """Yield batches; while one is sent, the next is read from the disk."""
    upcoming = asyncio.ensure_future(take())
    try:
        while (batch := await upcoming) is not None:
            upcoming = asyncio.ensure_future(take())
            yield batch
    finally:
        upcoming.cancel()


def _first(errors: BaseExceptionGroup) -> BaseException:
    """Return the first plain error of nested groups."""
    error: BaseException = errors
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
