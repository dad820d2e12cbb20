"""The PostgreSQL mirror: pace beside raw COPY and others' ways, loss, lag, questions."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
import os
from pathlib import Path
import random
import sys
from tempfile import TemporaryDirectory

from scripts import mirroring  # isort: skip - the mirror without Home Assistant
from custom_components.energy_park.mirror.writer import BACKLOG_ROWS, LIVE_ROWS
from scripts.demo_park.state import free_ports
from scripts.mirroring.access import settings_of
from scripts.mirroring.disks import Kept, own_full, server_full
from scripts.mirroring.fleet import pace
from scripts.mirroring.kills import Outcome, fire
from scripts.mirroring.lag import loop_lag_ms
from scripts.mirroring.outage import Recovery, recover
from scripts.mirroring.questions import LARGE, SMALL, ask
from scripts.mirroring.throughput import Course, rows, tuples
from scripts.postgres import DatabaseServer

from . import Figure

__all__ = ["mirroring", "run"]

PEERS = ("ORM, row by row", "executemany", "COPY through a stage")


def run(*, quick: bool) -> list[Figure]:
    """Measure everything, each part on a server of its own."""
    return asyncio.run(measure(quick=quick))


async def measure(*, quick: bool) -> list[Figure]:
    """Measure one part after the other: they would disturb each other."""
    with TemporaryDirectory() as directory:
        ground = Ground(Path(directory))
        return [
            *await throughput(ground, quick=quick),
            *await loop_lag(ground, quick=quick),
            *await loss(ground, quick=quick),
            *await answers(ground, quick=quick),
            *await many_sites(ground, quick=quick),
        ]


class Ground:
    """Where servers and spools are made."""

    def __init__(self, directory: Path) -> None:
        """Take a folder that is deleted afterwards."""
        self._folders = (directory / str(number) for number in count())

    @asynccontextmanager
    async def server(
        self, **settings: str
    ) -> AsyncIterator[tuple[DatabaseServer, Path]]:
        """Yield a server, and a folder for what writes to it."""
        folder = next(self._folders)
        port = free_ports(1)
        server = DatabaseServer(folder / "postgresql", port, settings=settings)
        async with server:
            yield server, folder


async def throughput(ground: Ground, *, quick: bool) -> list[Figure]:
    """Compare the ways in on the same rows, the best of some rounds of each."""
    measured = rows(80_000 if quick else 500_000)
    values = tuples(measured)
    best: dict[str, float] = {}
    async with ground.server(max_wal_size="4GB") as (server, folder):
        course = Course(settings_of(server), folder)
        await course.prepare()
        for round_ in range(2 if quick else 5):
            ways = {
                "copy": course.copy(values, LIVE_ROWS),
                "live": course.live(measured),
                "copy in bulk": course.copy(values, BACKLOG_ROWS),
                "drain": course.drain(measured),
            }
            if round_ == 0:
                others = (course.orm, course.executemany, course.stage)
                ways |= {
                    name: way(values) for name, way in zip(PEERS, others, strict=True)
                }
            for name, way in ways.items():
                best[name] = max(best.get(name, 0), await way)
            spooled, _ = await course.spooled(measured)
            best["spool"] = max(best.get("spool", 0), spooled)
        await course.drain(measured)
        bytes_per_row = await course.bytes_per_row()
    peer = max(PEERS, key=best.__getitem__)
    return [
        Figure(
            name="mirror.ratio_of_copy",
            value=round(best["live"] / best["copy"], 2),
            unit="×",
            better="higher",
            target=0.6,
            peer=f"{peer}, without sums",
            peer_value=round(best[peer] / best["copy"], 2),
        ),
        Figure(
            name="mirror.drain_ratio_of_copy",
            value=round(best["drain"] / best["copy in bulk"], 2),
            unit="×",
            better="higher",
            target=0.7,
        ),
        Figure(
            name="mirror.rows_per_s",
            value=round(best["live"]),
            unit="rows/s",
            better="higher",
            peer=PEERS[0],
            peer_value=round(best[PEERS[0]]),
        ),
        Figure(
            name="mirror.spool_rows_per_s",
            value=round(best["spool"]),
            unit="rows/s",
            better="higher",
            target=100_000,
        ),
        Figure(
            name="mirror.bytes_per_row",
            value=round(bytes_per_row, 1),
            unit="B",
            better="lower",
        ),
    ]


async def loop_lag(ground: Ground, *, quick: bool) -> list[Figure]:
    """Watch the event loop while 2 000 rows a second are mirrored."""
    async with ground.server() as (server, folder):
        busy, idle = await loop_lag_ms(settings_of(server), folder, 3 if quick else 20)
    return [
        Figure(
            name="mirror.loop_lag_p99_ms",
            value=round(busy, 2),
            unit="ms",
            better="lower",
            target=5,
            peer="the same loop with nothing to mirror",
            peer_value=round(idle, 2),
        )
    ]


async def loss(ground: Ground, *, quick: bool) -> list[Figure]:
    """Kill the database, its writer or both; take it away; fill the disks."""
    kills = 4 if quick else 200
    seed = random.randrange(1_000_000)
    async with ground.server() as (server, folder):
        killed = await fire(server, folder, kills, rate=2_000, seed=seed)
    async with ground.server(max_wal_size="4GB") as (server, folder):
        minutes = 20 if quick else 24 * 60
        await server.process.stop()
        away = await recover(
            settings_of(server), folder, server.start, minutes=minutes, rate=100
        )
    trials: list[Outcome | Recovery | Kept] = [killed, away]
    if not quick and os.geteuid() != 0:
        print("mirror: disks are not filled: that needs root", file=sys.stderr)
    elif not quick:
        async with ground.server() as (server, folder):
            trials += [
                await own_full(settings_of(server), folder),
                await server_full(folder / "server"),
            ]
    return [
        Figure(
            name="mirror.kills",
            value=killed.kills,
            unit="kills",
            better="higher",
            target=None if quick else 200,
        ),
        Figure(
            name="mirror.lost_rows",
            value=sum(trial.lost for trial in trials),
            unit=f"of {sum(trial.offered for trial in trials)}",
            better="lower",
            target=0,
        ),
        Figure(
            name="mirror.duplicate_rows",
            value=sum(trial.duplicates for trial in trials),
            unit="rows",
            better="lower",
            target=0,
        ),
        Figure(
            name="mirror.unkept_s",
            value=killed.unkept_s,
            unit="s",
            better="lower",
            target=1,
        ),
        Figure(
            name="mirror.outage_drain_s",
            value=round(away.drain_s, 1),
            unit=f"s after {minutes} min at 100 rows/s, which go on",
            better="lower",
            # An hour in a minute.
            target=minutes,
        ),
        Figure(
            name="mirror.outage_live_age_s",
            value=round(away.live_age_s, 1),
            unit="s, the newest row while a backlog drains",
            better="lower",
            target=5,
        ),
    ]


async def answers(ground: Ground, *, quick: bool) -> list[Figure]:
    """Ask what people ask, on ten million rows or a hundred."""
    async with ground.server(
        fsync="off",
        full_page_writes="off",
        max_wal_size="16GB",
        shared_buffers="512MB" if quick else "2GB",
    ) as (server, _):
        took = await ask(settings_of(server), SMALL if quick else LARGE)
    unit = f"ms, {took.rows / 1e6:.0f} M rows"
    return [
        Figure(
            name=f"mirror.query_{name}_ms",
            value=round(value, 1),
            unit=unit,
            better="lower",
            target=50,
        )
        for name, value in (
            ("day", took.day_ms),
            ("year", took.year_ms),
            ("fleet", took.fleet_ms),
        )
    ]


async def many_sites(ground: Ground, *, quick: bool) -> list[Figure]:
    """Let many sites write at once."""
    number, each = (30, 1_000) if quick else (200, 5_000)
    async with ground.server(max_connections="250", max_wal_size="4GB") as (
        server,
        folder,
    ):
        found = await pace(settings_of(server), folder, number, each)
    return [
        Figure(
            name="mirror.sites_fairness",
            value=round(found.fairness, 3),
            unit=f"Jain, {number} sites",
            better="higher",
        ),
        Figure(
            name="mirror.sites_rows_per_s",
            value=round(found.rows_per_s),
            unit=f"rows/s, {number} sites",
            better="higher",
        ),
    ]
