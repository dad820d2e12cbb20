"""Switches: of sockets, stations and sectors, which give orders, and of settings."""

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import EnergyParkConfigEntry
from .presence import async_forget
from .switches.groups import GROUP_SWITCHES, GroupSwitch
from .switches.settings import (
    OBSERVE,
    SHEDDING_TEST,
    SOCKET_SETTINGS,
    ParkSetting,
    SheddingSetting,
    SocketSetting,
)
from .switches.sockets import SOCKET, STATION, SocketSwitch, StationSwitch

# Requests to one plug queue in its client; plugs do not wait for each other.
PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the switches of the park, of each meter, each socket and each sector."""
    async_add_entities([ParkSetting(entry.runtime_data.park, OBSERVE)])
    for subentry_id, shedding in entry.runtime_data.sheddings.items():
        async_add_entities(
            [SheddingSetting(shedding, SHEDDING_TEST)],
            config_subentry_id=subentry_id,
        )
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (
                entity
                for socket in plug.plug.sockets
                for entity in (
                    SocketSwitch(plug, socket, SOCKET),
                    *(SocketSetting(plug, socket, it) for it in SOCKET_SETTINGS),
                )
            ),
            config_subentry_id=subentry_id,
        )
    for station in entry.runtime_data.stations.described.values():
        async_add_entities(
            [StationSwitch(entry, station, STATION)], config_subentry_id=station.id
        )
    for group in entry.runtime_data.groups:
        if group.sector_id is None:
            continue
        roles = {None, *(socket.role for socket in group.sockets)}
        async_add_entities(
            (
                GroupSwitch(entry, group, description)
                for description in GROUP_SWITCHES
                if description.role in roles
            ),
            config_subentry_id=group.sector_id,
        )
        for description in GROUP_SWITCHES:
            if description.role not in roles:
                unique_id = f"{group.unique_id}_{description.key}"
                async_forget(hass, Platform.SWITCH, unique_id)
