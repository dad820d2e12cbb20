"""What mirroring costs the event loop that it lives in."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
import time

from custom_components.energy_park.mirror.connection import MirrorSettings
from custom_components.energy_park.mirror.mirror import Mirror

from .throughput import mirror_on, rows

RATE = 2_000
TICK_S = 0.01
LOOK_S = 0.001


async def loop_lag_ms(
    settings: MirrorSettings, directory: Path, seconds: float
) -> tuple[float, float]:
    """Return the 99th percentile of the loop's lag while 2 000 rows come a second.

    And that of the same loop while nothing does: what the machine adds by itself.
    """
    async with mirror_on(settings, directory) as mirror:
        while not mirror.status().connected:
            await mirror.progress()
        idle = await _percentile(seconds / 2)
        async with _measuring(mirror):
            busy = await _percentile(seconds)
    return busy, idle


@asynccontextmanager
async def _measuring(mirror: Mirror) -> AsyncIterator[None]:
    """Offer rows at the rate meanwhile."""
    measured = rows(RATE * 60)
    step = int(RATE * TICK_S)

    async def measure() -> None:
        for tick in count():
            mirror.offer_many(measured[tick * step : (tick + 1) * step])
            await asyncio.sleep(TICK_S)

    task = asyncio.create_task(measure())
    try:
        yield
    finally:
        task.cancel()


async def _percentile(seconds: float) -> float:
    """Return by how many ms the loop was late, but for one time in a hundred."""
    lags = []
    end = time.perf_counter() + seconds
    while (begun := time.perf_counter()) < end:
        await asyncio.sleep(LOOK_S)
        lags.append(time.perf_counter() - begun - LOOK_S)
    return 1000 * sorted(lags)[int(len(lags) * 0.99)]
