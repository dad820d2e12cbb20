"""What the polls of a park's sockets cost Home Assistant, and how fast it switches.

The plugs are emulated in a process of their own. Percents are of one core, by the
processor time of Home Assistant's process, so that they hold on a busy machine; lag
and latency do not.
"""

import asyncio
from dataclasses import dataclass, field
import random
from statistics import quantiles
import time

import psutil

from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.demo_park.home import HomeAssistantProcess

from . import Figure
from ._live import LAG_URL, home_assistant
from ._park import BenchPark, bench_park, mixed, single

LOOK_S = 3
LOOKS_MAX = 20
# The largest first: what memory it needs is not hidden by what others left over.
SOCKETS = (960, 240, 24)
DEVICES = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is waited after the start, and how long is measured."""

    settle_s: float
    window_s: float
    orders: int


# After the start the recorder still writes what was set up. Plugs are polled each
# 10 s, each 15 s in a large park.
FULL = Pace(settle_s=60, window_s=60, orders=200)
QUICK = Pace(settle_s=8, window_s=10, orders=50)


@dataclass(slots=True)
class Measured:
    """What was measured of one Home Assistant."""

    idle_percent: float
    memory_mib: float
    percents: dict[int, float] = field(default_factory=dict)
    devices_percent: float = 0.0
    lags_ms: list[float] = field(default_factory=list)
    latencies_ms: list[float] = field(default_factory=list)


def run(*, quick: bool) -> list[Figure]:
    """Measure parks of some sizes, and one of many single plugs, one after the other."""
    found = asyncio.run(measure(QUICK if quick else FULL))
    large, small = max(SOCKETS), min(SOCKETS)
    growth = _per_socket(found, large) / max(0.001, _per_socket(found, small))
    return [
        _cpu("idle", found.idle_percent),
        *(_cpu(str(n), found.percents[n]) for n in sorted(SOCKETS)),
        Figure(
            name="plugs.cpu_growth_per_socket",
            value=round(growth, 2),
            unit=f"{large} : {small}",
            better="lower",
        ),
        _cpu(f"{DEVICES}_devices", found.devices_percent, target=25),
        _percentile_99(f"loop_lag_p99_ms_{DEVICES}_devices", found.lags_ms, target=20),
        Figure(
            name="plugs.memory_mib_per_100_sockets",
            value=round(100 * found.memory_mib / large, 1),
            unit="MiB",
            better="lower",
        ),
        _percentile_99("switch_latency_p99_ms", found.latencies_ms),
    ]


def _cpu(name: str, percent: float, target: float | None = None) -> Figure:
    return Figure(
        name=f"plugs.cpu_percent_{name}",
        value=round(percent, 1),
        unit="%",
        better="lower",
        target=target,
    )


def _per_socket(found: Measured, sockets: int) -> float:
    return (found.percents[sockets] - found.idle_percent) / sockets


def _percentile_99(
    name: str, values_ms: list[float], target: float | None = None
) -> Figure:
    return Figure(
        name=f"plugs.{name}",
        value=round(quantiles(values_ms, n=100, method="inclusive")[98], 1),
        unit="ms",
        better="lower",
        target=target,
    )


async def measure(pace: Pace) -> Measured:
    """Set the parks up in one Home Assistant, each after the one before is gone."""
    async with (
        home_assistant() as home,
        await home.login() as api,
        api.websocket() as websocket,
    ):
        await settle(home, pace)
        found = Measured(
            idle_percent=await cpu_percent(home, pace.window_s), memory_mib=-mib(home)
        )
        for sockets in SOCKETS:
            async with bench_park(api, websocket, mixed(sockets)):
                await settle(home, pace)
                found.percents[sockets] = await cpu_percent(home, pace.window_s)
                if sockets == max(SOCKETS):
                    found.memory_mib += mib(home)
        async with bench_park(api, websocket, single(DEVICES)) as park:
            await settle(home, pace)
            await api.get(LAG_URL)
            found.devices_percent = await cpu_percent(home, pace.window_s)
            found.lags_ms = await api.get(LAG_URL)
            found.latencies_ms = await switch(websocket, park, pace.orders)
    return found


async def settle(home: HomeAssistantProcess, pace: Pace) -> None:
    """Wait until what came or went is digested: the load falls no further."""
    await asyncio.sleep(pace.settle_s)
    before = await cpu_percent(home, LOOK_S)
    for _ in range(LOOKS_MAX):
        now = await cpu_percent(home, LOOK_S)
        if now > 0.9 * before:
            return
        before = now


async def switch(
    websocket: HomeAssistantWebSocket, park: BenchPark, orders: int
) -> list[float]:
    """Return the milliseconds from an order until its plug was seen to obey."""
    latencies_ms = []
    for entity_id in random.Random(0).sample(park.switches, orders):
        start = time.perf_counter()
        await websocket.call(
            "call_service",
            domain="switch",
            service="turn_off",
            target={"entity_id": entity_id},
        )
        latencies_ms.append(1000 * (time.perf_counter() - start))
    return latencies_ms


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


def mib(home: HomeAssistantProcess) -> float:
    """Return the memory that Home Assistant holds."""
    return float(psutil.Process(home.process.pid).memory_info().rss) / 2**20
