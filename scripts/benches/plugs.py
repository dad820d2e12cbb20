"""Processor time of the Home Assistant process that polls a park's sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
import time

import psutil

from scripts.demo_park.emulation import Emulation
from scripts.demo_park.home import HomeAssistantProcess
from scripts.demo_park.park import create_park

from . import Figure
from ._live import home_assistant

SOCKETS = (24, 240)
# After the start the recorder still writes what was set up.
SETTLE_S = 60
SETTLE_QUICK_S = 5
# Plugs are polled each ten seconds.
WINDOW_S = 60
WINDOW_QUICK_S = 10


def run(*, quick: bool) -> list[Figure]:
    """Measure parks of two sizes; percents of one core, Home Assistant's own included."""
    settle_s = SETTLE_QUICK_S if quick else SETTLE_S
    window_s = WINDOW_QUICK_S if quick else WINDOW_S
    return [
        Figure(
            name=f"plugs.cpu_percent_{sockets}",
            value=round(percent, 1),
            unit="%",
            better="lower",
        )
        for sockets, percent in asyncio.run(measure(settle_s, window_s)).items()
    ]


async def measure(settle_s: float, window_s: float) -> dict[int, float]:
    """Return the percents of one core that a park costs, by its number of sockets."""
    percents = {}
    async with home_assistant() as home:
        for sockets in SOCKETS:
            async with emulated_park(home, sockets):
                await asyncio.sleep(settle_s)
                percents[sockets] = await cpu_percent(home, window_s)
    return percents


@asynccontextmanager
async def emulated_park(
    home: HomeAssistantProcess, sockets: int
) -> AsyncIterator[None]:
    """Set up a park, and remove it again."""
    with TemporaryDirectory() as directory:
        log = Path(directory, "emulation.log")
        async with (
            Emulation(["--plugs", str(sockets)], log) as emulation,
            await home.login() as api,
        ):
            async with api.websocket() as websocket:
                park, _ = await create_park(api, websocket, emulation.announcement)
            yield
            await api.delete(f"/api/config/config_entries/entry/{park.entry_id}")


async def cpu_percent(home: HomeAssistantProcess, window_s: float) -> float:
    """Return the percents of one core that Home Assistant uses in the window."""
    process = psutil.Process(home.process.pid)
    start, start_cpu_s = time.monotonic(), cpu_s(process)
    await asyncio.sleep(window_s)
    return 100 * (cpu_s(process) - start_cpu_s) / (time.monotonic() - start)


def cpu_s(process: psutil.Process) -> float:
    """Return the seconds of processor that a process has used."""
    times = process.cpu_times()
    return float(times.user + times.system)
