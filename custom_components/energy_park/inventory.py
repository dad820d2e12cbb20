"""A park and a table of its sockets: the one is written as the other."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_HOST
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr

from .configuration import read_plug, sectors
from .const import SUBENTRY_PLUG, SUBENTRY_SECTOR
from .coordinator import EnergyParkConfigEntry
from .park.inventory import Entry, write


@callback
def export_inventory(entry: EnergyParkConfigEntry) -> str:
    """Return the sockets of a loaded park as a table, without what was adopted.

    An adopted switch has no address: its own integration knows where it is.
    """
    return write(_entries(entry))


def _entries(entry: EnergyParkConfigEntry) -> Iterator[Entry]:
    names = sectors(entry)
    memory = entry.runtime_data.memory
    for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG):
        if CONF_HOST not in subentry.data:
            continue
        plug = read_plug(entry, subentry)
        is_mac = ":" in dr.format_mac(plug.serial)
        for socket in plug.sockets:
            yield Entry(
                room=names.get(socket.sector or "", ""),
                name=socket.name,
                role=socket.role,
                mac=plug.serial if is_mac else None,
                host=subentry.data[CONF_HOST],
                socket=socket.number,
                priority=memory.sockets[socket.id].priority,
            )


@callback
def add_sectors(
    hass: HomeAssistant, entry: ConfigEntry, rooms: Iterable[str]
) -> dict[str, str]:
    """Add the sectors that are missing; return the id of each room's sector."""
    known = {title.casefold(): sector_id for sector_id, title in sectors(entry).items()}
    for room in rooms:
        if room and room.casefold() not in known:
            sector = ConfigSubentry(
                data=MappingProxyType({}),
                subentry_type=SUBENTRY_SECTOR,
                title=room,
                unique_id=None,
            )
            hass.config_entries.async_add_subentry(entry, sector)
            known[room.casefold()] = sector.subentry_id
    return known


@callback
def add_plug(
    hass: HomeAssistant,
    entry: ConfigEntry,
    title: str,
    data: Mapping[str, Any],
    serial: str,
) -> None:
    """Add a plug to a park."""
    hass.config_entries.async_add_subentry(
        entry,
        ConfigSubentry(
            data=MappingProxyType(dict(data)),
            subentry_type=SUBENTRY_PLUG,
            title=title,
            unique_id=serial,
        ),
    )
