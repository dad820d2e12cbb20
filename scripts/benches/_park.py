"""Parks of any size for the benches: emulated in a process of their own, imported."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from scripts.demo_park.api import HomeAssistantApi, HomeAssistantWebSocket, Json
from scripts.demo_park.emulation import Emulation
from scripts.demo_park.entities import DOMAIN
from scripts.demo_park.flows import ENTRY_FLOWS, FlowFailed, add_entry

# What can be found without a password; strips as a room has them, and single plugs.
MIXED = {
    "shelly_power_strip_4": 4,
    "netio": 4,
    "shelly_pro_4pm": 4,
    "tasmota": 4,
    "shelly_25": 2,
    "shelly_plus_plug_s": 1,
    "mystrom": 1,
    "openbeken": 1,
    "shelly_plug_s": 1,
}
SINGLE = ("shelly_plus_plug_s", "tasmota", "shelly_plug_s", "mystrom", "openbeken")
SOCKETS_A_SECTOR = 24
READY_TIMEOUT_S = 180
POLL_S = 0.25


@dataclass(frozen=True, slots=True)
class BenchPark:
    """A park that runs: its entry, and the switches of its sockets."""

    entry_id: str
    switches: tuple[str, ...]
    announcement: Json


def describe(devices: list[tuple[str, int]]) -> dict[str, Any]:
    """Describe a park of devices, each with so many sockets."""
    plugs = []
    sectors: list[str] = []
    number = 0
    for index, (device, sockets) in enumerate(devices):
        names = []
        for _ in range(sockets):
            sector = f"Room {number // SOCKETS_A_SECTOR + 1}"
            if sector not in sectors:
                sectors.append(sector)
            names.append({"name": f"Socket {number}", "sector": sector})
            number += 1
        plugs.append({"name": f"Plug {index}", "device": device, "sockets": names})
    return {"name": "bench", "meter": {}, "sectors": sectors, "plugs": plugs}


def mixed(sockets: int) -> list[tuple[str, int]]:
    """Return devices of all kinds with so many sockets in all."""
    devices = []
    for device, count in cycle(MIXED.items()):
        if sockets <= 0:
            break
        devices.append((device, min(count, sockets)))
        sockets -= count
    return devices


def single(devices: int) -> list[tuple[str, int]]:
    """Return so many devices of one socket."""
    return [(device, 1) for device in islice(cycle(SINGLE), devices)]


@asynccontextmanager
async def bench_park(
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    devices: list[tuple[str, int]],
) -> AsyncIterator[BenchPark]:
    """Emulate devices and import them; remove the park again at the end."""
    with TemporaryDirectory() as directory:
        description = Path(directory, "park.yaml")
        description.write_text(yaml.safe_dump(describe(devices)))
        async with Emulation([description], Path(directory, "log")) as emulation:
            created = await add_entry(
                api,
                DOMAIN,
                {"user": {"name": "Bench", "country": "FR", "billing_period": "30"}},
            )
            entry_id = created["result"]["entry_id"]
            await _import(api, entry_id, _table(emulation.announcement))
            switches = await _wait_ready(websocket, entry_id, devices)
            yield BenchPark(entry_id, switches, emulation.announcement)
            await api.delete(f"/api/config/config_entries/entry/{entry_id}")


def _table(announcement: Json) -> str:
    lines = [
        f"{socket['sector']},{socket['name']},{socket['role']},{plug['mac']},"
        f"{plug['host']},{socket['number']},{socket['priority']}"
        for plug in announcement["plugs"]
        for socket in plug["sockets"]
    ]
    return "\n".join(["room,name,role,mac,host,socket,priority", *lines])


async def _import(api: HomeAssistantApi, entry_id: str, table: str) -> None:
    """Import a table as a person does."""
    step = await api.post(ENTRY_FLOWS, {"handler": DOMAIN, "entry_id": entry_id})
    path = f"{ENTRY_FLOWS}/{step['flow_id']}"
    await api.post(path, {"next_step_id": "import_inventory"})
    step = await api.post(path, {"table": table})
    async with asyncio.timeout(READY_TIMEOUT_S):
        while step["type"] in ("progress", "progress_done"):
            await asyncio.sleep(POLL_S)
            step = await api.get(path)
    if step.get("reason") != "inventory_imported":
        raise FlowFailed(f"the import stopped at {step}")


async def _wait_ready(
    websocket: HomeAssistantWebSocket, entry_id: str, devices: list[tuple[str, int]]
) -> tuple[str, ...]:
    """Wait until every socket has told its state; return their switches."""
    total = sum(sockets for _, sockets in devices)
    async with asyncio.timeout(READY_TIMEOUT_S):
        while True:
            switches = tuple(
                entity["entity_id"]
                for entity in await websocket.call("config/entity_registry/list")
                if entity["config_entry_id"] == entry_id
                and entity["unique_id"].endswith("_socket")
            )
            if len(switches) == total:
                states = {
                    state["entity_id"]: state["state"]
                    for state in await websocket.call("get_states")
                }
                if all(states.get(switch) in ("on", "off") for switch in switches):
                    return switches
            await asyncio.sleep(8 * POLL_S)
