"""Many sites that write to one server at once."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.rows import SiteRow

from .throughput import mirror_on, rows, sites


@dataclass(frozen=True, slots=True)
class FleetPace:
    """Rows per second of all sites, and Jain's fairness of the sites' own paces.

    Fairness is (sum x)² / (n · sum x²): 1 when all are equal, 1/n when one has all
    (R. Jain, DEC-TR-301, 1984).
    """

    rows_per_s: float
    fairness: float


async def pace(
    settings: MirrorSettings, directory: Path, number: int, rows_each: int
) -> FleetPace:
    """Let sites with a spool full of rows write, all from the same moment on."""
    go = asyncio.Event()
    measured = rows(rows_each)
    ready = asyncio.Semaphore(0)

    async def write(site: SiteRow) -> float:
        async with mirror_on(settings, directory / site.uid, site) as mirror:
            while not mirror.status().connected:
                await mirror.progress()
            ready.release()
            await go.wait()
            begun = time.perf_counter()
            mirror.offer_many(measured)
            await mirror.flush()
            while mirror.status().rows_waiting:
                await mirror.progress()
            return rows_each / (time.perf_counter() - begun)

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(write(site)) for site in sites(number)]
        for _ in range(number):
            await ready.acquire()
        go.set()
        begun = time.perf_counter()
    took = time.perf_counter() - begun
    paces = [task.result() for task in tasks]
    fairness = sum(paces) ** 2 / (number * sum(pace * pace for pace in paces))
    return FleetPace(number * rows_each / took, fairness)
