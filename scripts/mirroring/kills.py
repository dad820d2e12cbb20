"""Kills a database and its writer at random moments, and counts what is left."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
import json
from pathlib import Path
import random
import sys
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.mirror import Mirror
from scripts.postgres import DatabaseServer

from .access import connected, settings_of
from .load import EVENT_EVERY, SITE, Counters

ROOT = Path(__file__).parents[2]
RUN_NUMBERS = 10_000_000
DRAIN_TIMEOUT_S = 120


class Target(StrEnum):
    """Who is killed; of both, the writer while the database is away."""

    DATABASE = "database"
    WRITER = "writer"
    BOTH = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was left after the kills.

    ``lost`` rows were on the writer's disk and are not in the database.
    ``duplicates`` are rows stored twice, or counted twice in an hour or a day.
    ``unkept_s`` is the age of the oldest row that a kill found not yet on disk.
    """

    kills: int
    offered: int
    kept: int
    stored: int
    lost: int
    duplicates: int
    unkept_s: float


@dataclass(slots=True)
class Run:
    """One life of the writer."""

    process: asyncio.subprocess.Process
    first: int
    counters: Counters


class Range:
    """One server, one spool, one writer after another."""

    def __init__(
        self,
        server: DatabaseServer,
        settings: MirrorSettings,
        directory: Path,
        rate: int,
    ) -> None:
        """``rate`` is in rows per second."""
        self._server = server
        self._directory = directory
        self._rate = rate
        self.settings = settings
        self.runs: list[Run] = []
        self.unkept_s = 0.0

    async def start_writer(self) -> None:
        """Start the next life, with numbers of its own."""
        first = 1 + len(self.runs) * RUN_NUMBERS
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.mirroring.load"),
            *(str(self._directory), str(first), str(self._rate)),
            stdin=asyncio.subprocess.PIPE,
            cwd=ROOT,
        )
        assert process.stdin is not None
        process.stdin.write(json.dumps(asdict(self.settings)).encode() + b"\n")
        counters = Counters(self._directory / f"counters-{first}")
        self.runs.append(Run(process, first, counters))

    async def kill_writer(self) -> None:
        """End the writer without a warning."""
        run = self.runs[-1]
        _, _, since = run.counters.read()
        if since:
            self.unkept_s = max(self.unkept_s, time.time() - since)
        run.process.kill()
        await run.process.wait()

    async def writing(self) -> None:
        """Return when the writer has put something on disk."""
        run = self.runs[-1]
        while not run.counters.read()[1]:
            if run.process.returncode is not None:
                raise RuntimeError("the writer ended by itself")
            await asyncio.sleep(0.01)

    async def drain(self) -> None:
        """Bring what is in the spool to the database."""
        async with _mirror(self.settings, self._directory) as mirror:
            async with asyncio.timeout(DRAIN_TIMEOUT_S):
                while not mirror.status().connected or mirror.status().rows_waiting:
                    await asyncio.sleep(0.02)


async def fire(
    server: DatabaseServer,
    directory: Path,
    kills: int,
    *,
    rate: int,
    seed: int,
    targets: Sequence[Target] = tuple(Target),
    schema: str = "energy_park",
) -> Outcome:
    """Kill ``kills`` times while rows are written; count what is left then."""
    dice = random.Random(seed)
    ground = Range(server, settings_of(server, schema), directory, rate)
    await ground.start_writer()
    await ground.writing()
    for _ in range(kills):
        await asyncio.sleep(dice.uniform(0, 0.4))
        target = dice.choice(targets)
        if target is not Target.WRITER:
            await server.kill()
        if target is Target.BOTH:
            # Some rows find no database, and then no writer.
            await asyncio.sleep(dice.uniform(0, 0.3))
        if target is not Target.DATABASE:
            await ground.kill_writer()
            await ground.start_writer()
        if target is not Target.WRITER:
            await asyncio.sleep(dice.uniform(0, 0.3))
            await server.start()
        await ground.writing()
    await asyncio.sleep(0.5)
    await ground.kill_writer()
    await ground.drain()
    return await _count(ground, kills)


async def _count(ground: Range, kills: int) -> Outcome:
    kept = {
        run.first + index
        for run in ground.runs
        for index in range(run.counters.read()[1])
    }
    async with connected(ground.settings) as connection:
        numbers = [
            int(value)
            for (value,) in await connection.fetch(
                """
                SELECT value::int8 FROM reading
                UNION ALL SELECT (detail ->> 'number')::int8 FROM event
                """
            )
        ]
        counts = await connection.fetchrow(
            """
            SELECT (SELECT count(*) FROM reading),
              (SELECT sum(readings)::int8 FROM reading_hour),
              (SELECT sum(readings)::int8 FROM reading_day)
            """
        )
    assert counts is not None
    readings, in_hours, in_days = counts
    stored = set(numbers)
    assert any(number % EVENT_EVERY == 0 for number in stored)
    return Outcome(
        kills=kills,
        offered=sum(run.counters.read()[0] for run in ground.runs),
        kept=len(kept),
        stored=len(stored),
        lost=len(kept - stored),
        duplicates=len(numbers)
        - len(stored)
        + abs(in_hours - readings)
        + abs(in_days - readings),
        unkept_s=round(ground.unkept_s, 3),
    )


@asynccontextmanager
async def _mirror(settings: MirrorSettings, directory: Path) -> AsyncIterator[Mirror]:
    mirror = Mirror(
        settings,
        SITE,
        directory / "spool",
        on_problem=lambda problem, detail: None,
        on_solved=lambda problem: None,
    )
    await mirror.start()
    try:
        yield mirror
    finally:
        await mirror.stop()
