"""Sets up the emulated park in Home Assistant, form by form, as a person would."""

import asyncio
from typing import Any

from . import dashboard
from .api import HomeAssistantApi, HomeAssistantWebSocket, Json
from .entities import DOMAIN, ParkEntities, Part
from .flows import FlowFailed, add_entry, add_subentry, continue_subentry
from .home import HomeAssistantProcess
from .progress import count

PARK_NAME = "Centre de formation"
READY_TIMEOUT_S = 60
READY_POLL_S = 0.25


async def create_park(
    home: HomeAssistantProcess, announcement: dict[str, Any]
) -> ParkEntities:
    """Add the park that `scripts/emulate` announced; return when all of it answers."""
    async with await home.login() as api, api.websocket() as websocket:
        entry_id = await add_park(api, announcement["meter"]["tcp"])
        sectors = await add_sectors(api, websocket, entry_id, announcement["sectors"])
        sockets = await add_plugs(api, entry_id, announcement["plugs"], sectors)
        park = await wait_ready(websocket, announcement)
        await dashboard.install(websocket, park, sockets)
        return park


async def add_park(api: HomeAssistantApi, meter_port: str) -> str:
    """Add the entry and, in the flow that follows it, its meter."""
    created = await add_entry(
        api,
        DOMAIN,
        {"user": {"name": PARK_NAME, "country": "FR", "billing_period": "30"}},
    )
    _, meter_flow = created["next_flow"]
    await continue_subentry(
        api, meter_flow, {"user": {"port": meter_port}, "confirm": {}}
    )
    return str(created["result"]["entry_id"])


async def add_sectors(
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    entry_id: str,
    names: list[str],
) -> dict[str, str]:
    """Add the sectors and return their ids by name."""
    for name in names:
        await add_subentry(api, entry_id, "sector", {"user": {"name": name}})
    subentries = await websocket.call(
        "config_entries/subentries/list", entry_id=entry_id
    )
    return {
        subentry["title"]: subentry["subentry_id"]
        for subentry in subentries
        if subentry["subentry_type"] == "sector"
    }


async def add_plugs(
    api: HomeAssistantApi, entry_id: str, plugs: list[Json], sectors: dict[str, str]
) -> dict[str, list[Part]]:
    """Add the plugs and return the sockets of each sector, by its id."""
    sockets: dict[str, list[Part]] = {id_: [] for id_ in sectors.values()}
    for done, plug in enumerate(plugs, start=1):
        created = await add_subentry(
            api,
            entry_id,
            "plug",
            {
                "user": {"next_step_id": "address"},
                "address": {"host": plug["host"]},
                "credentials": {
                    key: plug[key] for key in ("username", "password") if key in plug
                },
                "socket": [
                    {
                        "name": socket["name"],
                        "sector": sectors[socket["sector"]],
                        "role": socket["role"],
                        "priority": socket["priority"],
                    }
                    for socket in plug["sockets"]
                ],
            },
        )
        for socket in plug["sockets"]:
            sockets[sectors[socket["sector"]]].append(
                Part(f"{created['unique_id']}_{socket['number']}", socket["name"])
            )
        count("plugs", done, len(plugs))
    return sockets


async def wait_ready(
    websocket: HomeAssistantWebSocket, announcement: Json
) -> ParkEntities:
    """Wait until the meter is heard and every socket has told its state."""
    total = sum(len(plug["sockets"]) for plug in announcement["plugs"])
    try:
        async with asyncio.timeout(READY_TIMEOUT_S):
            while True:
                park = await ParkEntities.read(websocket)
                if await _count_known(websocket, park) == total:
                    return park
                await asyncio.sleep(READY_POLL_S)
    except TimeoutError:
        raise FlowFailed(
            f"not all of the park answered within {READY_TIMEOUT_S} s; "
            "Home Assistant's log tells more"
        ) from None


async def _count_known(websocket: HomeAssistantWebSocket, park: ParkEntities) -> int:
    """Return how many sockets have told their state; none before the meter has."""
    if not all(park.get(meter, "apparent_power") for meter in park.meters):
        return 0
    states = {
        state["entity_id"]: state["state"]
        for state in await websocket.call("get_states")
    }
    return sum(states.get(switch) in ("on", "off") for switch in park.socket_switches)
