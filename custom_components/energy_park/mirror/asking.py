"""Questions to the database about the series of one site."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

from .connection import Connection, MirrorSettings, close, connect
from .errors import translate
from .migrations import quote
from .rows import Series, SiteRow, SubjectKind

IDLE_S: Final = 60

_SERIES: Final = """
SELECT r.series_id, r.subject_kind, r.subject_id, r.metric, r.unit, r.site_id
FROM {schema}.series r JOIN {schema}.site i ON i.site_id = r.site_id
JOIN unnest($2::text[], $3::text[], $4::text[], $5::text[])
  AS u (subject_kind, subject_id, metric, unit)
  USING (subject_kind, subject_id, metric, unit)
WHERE i.uid = $1
"""


class Asking:
    """Asks over a connection of its own, which closes when nobody asks."""

    def __init__(
        self, settings: MirrorSettings, site: SiteRow, *, writing: bool
    ) -> None:
        """Take the way to the database; ``writing`` asks only a server for writes."""
        self._settings = settings
        self._writing = writing
        self._site = site
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        self._idle: asyncio.TimerHandle | None = None

    async def close(self) -> None:
        """Close the connection, if there is one."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._turn:
            if self._connection is not None:
                await close(self._connection)
                self._connection = None

    async def _over_connection[T](self, ask: Callable[[Connection], Awaitable[T]]) -> T:
        """Do something with the connection.

        Raises:
            MirrorError: the database cannot be asked.
        """
        async with self._turn:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await connect(
                        self._settings, writing=self._writing
                    )
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
        """Return the series that the database knows, and what it answers.

        In the question $1 is the site, $2 the numbers of its series.
        """
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
