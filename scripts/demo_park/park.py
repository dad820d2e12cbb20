"""Sets up the emulated park in Home Assistant, form by form, as a person would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scripts.postgres import Database

from .api import HomeAssistantApi, HomeAssistantWebSocket, Json
from .entities import DOMAIN, ParkEntities
from .flows import Answers, FlowFailed, add_entry, add_subentry, continue_subentry
from .progress import count

PARK_NAME = "Centre de formation"
READY_TIMEOUT_S = 60
READY_TIMEOUT_PER_SOCKET_S = 0.3
READY_POLL_S = 0.25


async def create_park(
    api: HomeAssistantApi,
    websocket: HomeAssistantWebSocket,
    announcement: Json,
    database: Database | None = None,
    *,
    stations: bool = False,
) -> ParkEntities:
    """Add the park that `scripts/emulate` announced; return when all of it answers.

    It is mirrored to ``database``. ``stations`` adds those whose computer and monitor
    are known: Home Assistant has the action that asks emulated computers then.
    """
    created = await add_entry(
        api,
        DOMAIN,
        {"user": {"name": PARK_NAME, "country": "FR", "billing_period": "30"}},
    )
    entry_id = created["result"]["entry_id"]
    async with set_aside(websocket, entry_id):
        await add_meter(api, created["next_flow"][1], announcement["meter"])
        sectors = await add_sectors(api, websocket, entry_id, announcement["sectors"])
        sockets = await add_plugs(api, entry_id, announcement["plugs"], sectors)
        if stations:
            await add_stations(api, entry_id, announcement["plugs"], sockets)
        if database is not None:
            await add_mirror(api, entry_id, database)
    return await wait_ready(websocket, announcement)


@asynccontextmanager
async def set_aside(
    websocket: HomeAssistantWebSocket, entry_id: str
) -> AsyncIterator[None]:
    """Disable the park while its parts are added: each part reloads all the others."""
    await websocket.call(
        "config_entries/disable", entry_id=entry_id, disabled_by="user"
    )
    yield
    await websocket.call("config_entries/disable", entry_id=entry_id, disabled_by=None)


def meter_answers(port: str) -> Answers:
    """Return what to fill in for a meter on a port."""
    return {
        "user": {"next_step_id": "port"},
        "port": {"port": port},
        "confirm": {},
    }


async def add_meter(api: HomeAssistantApi, flow_id: str, meter: Json) -> None:
    """Go through the flow that follows that of the park."""
    await continue_subentry(api, flow_id, meter_answers(meter["tcp"]))


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
) -> dict[str, str]:
    """Add the plugs and return the ids of their sockets by name."""
    sockets: dict[str, str] = {}
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
            sockets[socket["name"]] = f"{created['unique_id']}_{socket['number']}"
        count("plugs", done, len(plugs))
    return sockets


async def add_stations(
    api: HomeAssistantApi, entry_id: str, plugs: list[Json], sockets: dict[str, str]
) -> None:
    """Add each station that has a computer and a monitor."""
    members: dict[str, dict[str, str]] = {}
    for plug in plugs:
        for socket in plug["sockets"]:
            if socket["station"] is not None:
                of_station = members.setdefault(socket["station"], {})
                of_station[socket["role"]] = sockets[socket["name"]]
    for name, by_role in members.items():
        if not by_role.keys() >= {"computer", "monitor"}:
            continue
        await add_subentry(
            api,
            entry_id,
            "station",
            {
                "user": {
                    "name": f"Station {name}",
                    "computer": by_role["computer"],
                    "monitors": [by_role["monitor"]],
                    "shutdown": [ask_computer(name, "shutdown")],
                    "wake": [ask_computer(name, "wake")],
                    "warn": [
                        {
                            "action": "persistent_notification.create",
                            "data": {"message": "{{ message }}"},
                        }
                    ],
                    "never_sleeps": True,
                }
            },
        )


def ask_computer(station: str, request: str) -> Json:
    """Return the action that asks an emulated computer for something."""
    return {
        "action": "rest_command.emulated_computer",
        "data": {"station": station, "request": request},
    }


async def add_mirror(api: HomeAssistantApi, entry_id: str, database: Database) -> None:
    """Add the mirror, and have its tables made."""
    address = {
        "host": database.host,
        "port": database.port,
        "database": database.name,
        "username": database.user,
        "password": database.password_file.read_text(),
        "tls": "disable",
        "schema": "energy_park",
    }
    await add_subentry(api, entry_id, "mirror", {"user": address, "create": {}})


async def wait_ready(
    websocket: HomeAssistantWebSocket, announcement: Json
) -> ParkEntities:
    """Wait until the meter is heard and every socket has told its state."""
    total = sum(len(plug["sockets"]) for plug in announcement["plugs"])
    timeout_s = READY_TIMEOUT_S + total * READY_TIMEOUT_PER_SOCKET_S
    try:
        async with asyncio.timeout(timeout_s):
            while True:
                park = await ParkEntities.read(websocket)
                if await _count_known(websocket, park) == total:
                    return park
                await asyncio.sleep(READY_POLL_S)
    except TimeoutError:
        raise FlowFailed(
            f"not all of the park answered within {timeout_s:.0f} s; "
            "Home Assistant's log tells more"
        ) from None


async def _count_known(
    websocket: HomeAssistantWebSocket, park: ParkEntities
) -> int | None:
    """Return how many sockets have told their state; None before each meter has."""
    if not all(park.get(meter, "apparent_power") for meter in park.meters):
        return None
    states = {
        state["entity_id"]: state["state"]
        for state in await websocket.call("get_states")
    }
    return sum(states.get(switch) in ("on", "off") for switch in park.socket_switches)
