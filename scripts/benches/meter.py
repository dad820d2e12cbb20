"""Time from the last byte of the meter's frame to the written Home Assistant state."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
import time
from typing import Any

from aiohttp import ClientSession
import yaml

from scripts.demo_park.api import HomeAssistantWebSocket
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.flows import add_subentry
from scripts.demo_park.park import create_park, meter_answers, set_aside, wait_ready

from . import Figure
from ._core_teleinfo import delays_ms, poll
from ._live import home_assistant

METERS = 4
SECONDS = 240
SECONDS_QUICK = 25
PEER = "Home Assistant's teleinfo"
# Shorter than the shortest frame, so that none is missed.
FRAME_LOOK_S = 0.3


def run(*, quick: bool) -> list[Figure]:
    """Measure some meters in one Home Assistant, each on its own paced serial line."""
    ours, core = asyncio.run(measure(SECONDS_QUICK if quick else SECONDS))
    return [
        Figure(
            name="meter.latency_median_ms",
            value=round(median(ours), 2),
            unit="ms",
            better="lower",
            target=2,
            peer=PEER,
            peer_value=round(median(core)),
        ),
        Figure(
            name="meter.latency_p99_ms",
            value=round(percentile_99(ours), 2),
            unit="ms",
            better="lower",
            target=10,
            peer=PEER,
            peer_value=round(percentile_99(core)),
        ),
    ]


def percentile_99(values: list[float]) -> float:
    """Return the value that one in a hundred exceeds."""
    return quantiles(values, n=100, method="inclusive")[98]


async def measure(seconds: float) -> tuple[list[float], list[float]]:
    """Return the milliseconds of each frame that changed the apparent power.

    First ours, then those of Home Assistant's own integration, on a meter of its own
    of the same kind at the same time.
    """
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory()))
        meters = [
            await stack.enter_async_context(emulated_meter(directory, number))
            for number in range(METERS)
        ]
        home = await stack.enter_async_context(home_assistant())
        api = await stack.enter_async_context(await home.login())
        websocket = await stack.enter_async_context(api.websocket())
        first, *others = [meter.announcement for meter in meters]
        park = await create_park(api, websocket, on_pty(first))
        async with set_aside(websocket, park.entry_id):
            await asyncio.gather(
                *(
                    add_subentry(
                        api,
                        park.entry_id,
                        "meter",
                        meter_answers(announcement["meter"]["pty"]),
                    )
                    for announcement in others
                )
            )
        await wait_ready(websocket, first)
        controls = {a["meter"]["serial"]: a["control"] for a in (first, *others)}
        peer = await stack.enter_async_context(emulated_meter(directory, METERS))
        return await asyncio.gather(
            collect(websocket, controls, seconds),
            core_teleinfo(peer.announcement, seconds),
        )


async def core_teleinfo(announcement: dict[str, Any], seconds: float) -> list[float]:
    """Return how long each frame waited until the core integration showed it."""
    polling = asyncio.create_task(poll(announcement["meter"]["pty"], seconds))
    frame_ends: set[float] = set()
    async with ClientSession() as session:
        while not polling.done():
            async with session.get(f"{announcement['control']}/meter/last") as last:
                if ended := (await last.json())["ended_at_monotonic_s"]:
                    frame_ends.add(ended)
            await asyncio.sleep(FRAME_LOOK_S)
    return delays_ms(sorted(frame_ends), await polling)


def emulated_meter(directory: Path, number: int) -> Emulation:
    """Describe a meter whose load changes from each frame to the next."""
    description = directory / f"{number}.yaml"
    meter = {"serial": f"04186100000{number}", "base_load_w": 4000}
    description.write_text(
        yaml.safe_dump({"name": "meter", "meter": meter, "sectors": [], "plugs": []})
    )
    return Emulation([description], directory / f"{number}.log")


def on_pty(announcement: dict[str, Any]) -> dict[str, Any]:
    """Return the announcement with the serial line for an address."""
    meter = announcement["meter"]
    return {**announcement, "meter": {**meter, "tcp": meter["pty"]}}


async def collect(
    websocket: HomeAssistantWebSocket, controls: dict[str, str], seconds: float
) -> list[float]:
    """Pair each change of an apparent power with the frame that brought it."""
    # Both ends are on this machine: one monotonic clock, one wall clock.
    wall_s = time.time() - time.monotonic()
    registry = await websocket.call("config/entity_registry/list")
    control_of = {
        entity["entity_id"]: control
        for entity in registry
        for serial, control in controls.items()
        if entity["unique_id"] == f"{serial}_apparent_power"
    }
    events = await websocket.subscribe("subscribe_events", event_type="state_changed")
    latencies = []
    end = time.monotonic() + seconds
    async with ClientSession() as session:
        while (left := end - time.monotonic()) > 0:
            try:
                data = (await asyncio.wait_for(events.get(), left))["data"]
            except TimeoutError:
                break
            if (control := control_of.get(data["entity_id"])) is None:
                continue
            async with session.get(f"{control}/meter/last") as response:
                frame_end_s = wall_s + (await response.json())["ended_at_monotonic_s"]
            written = datetime.fromisoformat(data["new_state"]["last_updated"])
            latencies.append((written.timestamp() - frame_end_s) * 1000)
    return latencies
