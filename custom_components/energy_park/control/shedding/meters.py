"""Which meter supplies which sockets, and what becomes of those behind none."""

import asyncio
from collections.abc import Iterable, Mapping
from functools import partial

from homeassistant.core import HomeAssistant, callback
from homeassistant.util import dt as dt_util

from ...configuration import sockets
from ...const import CONF_SECTORS
from ...coordinator import EnergyParkConfigEntry, PlugCoordinator
from ...issues import async_report_left_off
from ...meter_coordinator import MeterCoordinator
from ...model import Socket, Source
from ..memory import ParkMemory
from ..switchboard import Switchboard
from .loads import Loads
from .shedding import Shedding


def make_sheddings(
    hass: HomeAssistant,
    meters: Mapping[str, MeterCoordinator],
    switchboard: Switchboard,
    loads: Loads,
    memory: ParkMemory,
) -> dict[str, Shedding]:
    """Return the shedding of each meter, by its subentry id.

    A meter supplies the sectors that were chosen for it. The first one without any
    supplies all that is left: a socket is behind one meter only.
    """
    left = {socket.id: socket.sector for socket in switchboard.sockets}
    supplied: dict[str, list[str]] = {}
    for subentry_id, meter in sorted(
        meters.items(), key=lambda item: not item[1].subentry.data.get(CONF_SECTORS)
    ):
        sectors = meter.subentry.data.get(CONF_SECTORS)
        supplied[subentry_id] = [
            socket_id
            for socket_id, sector in left.items()
            if not sectors or sector in sectors
        ]
        for socket_id in supplied[subentry_id]:
            del left[socket_id]
    return {
        subentry_id: Shedding(
            hass, meter, switchboard, loads, memory, supplied[subentry_id]
        )
        for subentry_id, meter in meters.items()
    }


@callback
def async_start_sheddings(entry: EnergyParkConfigEntry) -> None:
    """Start them all until the park unloads."""
    loads = entry.runtime_data.loads
    loads.async_start()
    entry.async_on_unload(loads.async_stop)
    for shedding in entry.runtime_data.sheddings.values():
        shedding.async_start()
        entry.async_on_unload(shedding.async_stop)
    for plug in loads.plugs:
        give_back = partial(_async_give_back, entry, plug)
        entry.async_on_unload(plug.async_add_listener(give_back))


@callback
def _async_give_back(entry: EnergyParkConfigEntry, plug: PlugCoordinator) -> None:
    """Restore what is shed and no meter's shedding knows: its meter was removed."""
    if not plug.heard:
        return
    data = entry.runtime_data
    known = {load for one in data.sheddings.values() for load in one.state.shed}
    for socket in plug.plug.sockets:
        if _is_shed(data.switchboard, socket) and socket.id not in known:
            data.switchboard.async_safety(socket, True, dt_util.utcnow())


async def async_give_back_removed(entry: EnergyParkConfigEntry) -> None:
    """Restore what is shed on sockets that were removed, while they can be reached."""
    board, there = entry.runtime_data.switchboard, sockets(entry)
    await async_give_back(board, [one for one in board.sockets if one.id not in there])


async def async_give_back(board: Switchboard, removed: Iterable[Socket]) -> None:
    """Restore what is shed on sockets that nobody will know, or tell what stays off."""
    now = dt_util.utcnow()
    sent = {
        socket: given
        for socket in removed
        if _is_shed(board, socket)
        and isinstance(given := board.async_safety(socket, True, now), asyncio.Task)
    }
    for socket, task in sent.items():
        if (await task).error is not None:
            async_report_left_off(board.coordinator(socket).hass, socket)


def _is_shed(switchboard: Switchboard, socket: Socket) -> bool:
    claims = switchboard.memory(socket).state.claims
    return any(claim.source is Source.SAFETY for claim in claims)
