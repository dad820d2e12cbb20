"""A real PostgreSQL for the mirror: the wheel's and every one the system has."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
import threading
from typing import Any

import asyncpg
import pytest

from custom_components.energy_park.mirror import spool, writer
from custom_components.energy_park.mirror.connection import (
    Connection,
    MirrorSettings,
    TlsMode,
    connect,
)
from custom_components.energy_park.mirror.errors import Problem
from custom_components.energy_park.mirror.mirror import Mirror
from custom_components.energy_park.mirror.problems import Detail
from custom_components.energy_park.mirror.room import SpoolLimits
from custom_components.energy_park.mirror.rows import (
    ReadingRow,
    Series,
    SiteRow,
    SubjectKind,
)
from scripts.demo_park.state import free_ports
from scripts.postgres import DatabaseServer, installations

from .disk import SmallDisk

INSTALLATIONS = installations()
# Nothing here outlives the machine: the disk need not keep up.
SETTINGS = {"fsync": "off", "max_connections": "40"}
START = datetime(2026, 11, 20, 8, tzinfo=UTC)
SITE = SiteRow(uid="site-1", name="School", time_zone="Europe/Paris", country="FR")
SERIES = [Series(SubjectKind.SOCKET, f"plug_{n}", "power_w", "W") for n in range(8)]

_schemas = count(1)


class Background:
    """An event loop in a thread, for what lives longer than a test."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()

    def run[T](self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture(autouse=True)
def real_sockets(socket_enabled: None) -> None:
    """Let the tests reach the servers on the loop-back address."""


@pytest.fixture(scope="session")
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture(scope="session", params=INSTALLATIONS)
def server(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    background: Background,
) -> Iterator[DatabaseServer]:
    """A server that all tests share, each in a schema of its own."""
    server = DatabaseServer(
        tmp_path_factory.mktemp("postgresql"),
        free_ports(1),
        programs=INSTALLATIONS[request.param],
        settings=SETTINGS,
    )
    background.run(server.start())
    yield server
    background.run(server.process.stop())


def settings_for(server: DatabaseServer, schema: str | None = None) -> MirrorSettings:
    database = server.database
    return MirrorSettings(
        host=database.host,
        port=database.port,
        database=database.name,
        user=database.user,
        password=database.password_file.read_text(),
        tls=TlsMode.DISABLE,
        schema=schema or f"park {next(_schemas)}",
    )


@pytest.fixture
def settings(server: DatabaseServer) -> MirrorSettings:
    """The way to a schema that nobody has used."""
    return settings_for(server)


@pytest.fixture
async def database(settings: MirrorSettings) -> AsyncIterator[Connection]:
    """A connection that looks at the test's schema."""
    connection = await connect(settings)
    await connection.execute(f'SET search_path TO "{settings.schema}"')
    yield connection
    await connection.close()


@dataclass(slots=True)
class Told:
    """What was told of problems, in order; a solved one as its name with a minus."""

    problems: list[str] = field(default_factory=list)
    details: dict[Problem, Detail] = field(default_factory=dict)

    def problem(self, problem: Problem, detail: Detail) -> None:
        self.problems.append(problem)
        self.details[problem] = detail

    def solved(self, problem: Problem) -> None:
        self.problems.append(f"-{problem}")


@dataclass(slots=True)
class Clock:
    """The site's time of day, as far from the real one as a test wants."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> SmallDisk:
    return SmallDisk(monkeypatch)


type StartMirror = Callable[..., Awaitable[Mirror]]


@pytest.fixture
async def start_mirror(
    settings: MirrorSettings,
    tmp_path: Path,
    told: Told,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[StartMirror]:
    """Start mirrors that the test's end stops; they make no long pauses."""
    monkeypatch.setattr(spool, "COMMIT_AFTER_S", 0.02)
    monkeypatch.setattr(writer, "FIRST_RETRY_S", 0.02)
    monkeypatch.setattr(writer, "LAST_RETRY_S", 0.1)
    async with AsyncExitStack() as running:

        async def start(
            name: str = "spool", limits: SpoolLimits | None = None, **changes: Any
        ) -> Mirror:
            mirror = Mirror(
                replace(settings, **changes),
                SITE,
                tmp_path / name,
                on_problem=told.problem,
                on_solved=told.solved,
                limits=limits,
                now=clock,
            )
            await mirror.start()
            running.push_async_callback(mirror.stop)
            return mirror

        yield start


async def until(true: Callable[[], object], timeout_s: float = 20) -> None:
    """Return when something has become true."""
    async with asyncio.timeout(timeout_s):
        while not true():
            await asyncio.sleep(0.01)


async def arrived(mirror: Mirror) -> None:
    """Return when the database has all that was offered."""
    await mirror.flush()
    await until(lambda: not mirror.status().rows_waiting)
    # The spool's thread was faster than the writer, who has yet to take note: what is
    # asked of that thread now is answered after.
    await mirror.quarantined()


def reading(index: int, start: datetime = START) -> ReadingRow:
    """Return one of an endless row of different readings, ten a second."""
    return ReadingRow(
        SERIES[index % len(SERIES)], start + timedelta(milliseconds=100 * index), index
    )


async def stored(database: asyncpg.Connection[asyncpg.Record]) -> list[int]:
    """Return the values of all readings, in order."""
    rows = await database.fetch("SELECT value FROM reading ORDER BY value")
    return [int(row["value"]) for row in rows]


# Values have one digit after the point at most: no sum is rounded at a half, where
# another order of adding up would show.
SUMS = """
SELECT
  (SELECT count(*) FROM reading) AS readings,
  (SELECT count(*) FROM (
    (SELECT site_id, series_id, date_bin('1 hour', at, '2000-01-01Z'), count(*),
       round(sum(value) + 0.01), min(value), max(value)
     FROM reading GROUP BY 1, 2, 3)
    EXCEPT
    (SELECT site_id, series_id, hour_at, readings, round(value_sum + 0.01), value_min,
       value_max FROM reading_hour)
  ) AS wrong) AS wrong_hours,
  (SELECT count(*) FROM (
    (SELECT site_id, series_id, (at AT TIME ZONE 'Europe/Paris')::date, count(*),
       round(sum(value) + 0.01), min(value), max(value)
     FROM reading GROUP BY 1, 2, 3)
    EXCEPT
    (SELECT site_id, series_id, day, readings, round(value_sum + 0.01), value_min,
       value_max FROM reading_day)
  ) AS wrong) AS wrong_days,
  (SELECT coalesce(sum(readings), 0)::int8 FROM reading_hour) AS in_hours,
  (SELECT coalesce(sum(readings), 0)::int8 FROM reading_day) AS in_days
"""


async def assert_sums(database: asyncpg.Connection[asyncpg.Record], n: int) -> None:
    """Assert that n readings are stored, and that hours and days tell the same."""
    sums = await database.fetchrow(SUMS)
    assert sums is not None
    assert dict(sums) == {
        "readings": n,
        "wrong_hours": 0,
        "wrong_days": 0,
        "in_hours": n,
        "in_days": n,
    }
