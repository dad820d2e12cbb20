"""The devices of a park: park <- meter; park <- sector <- plug, station.

A strip's sockets are children of its device.
"""

from collections.abc import Iterable, Iterator

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.device_registry import ChildDeviceInfo, DeviceInfo

from .configuration import sockets
from .const import (
    CONF_AREA,
    CONF_COMPUTER,
    CONF_DIALECT,
    CONF_FIRMWARE,
    DOMAIN,
    SUBENTRY_METER,
    SUBENTRY_MIRROR,
    SUBENTRY_PLUG,
    SUBENTRY_SECTOR,
    SUBENTRY_STATION,
)
from .coordinator import EnergyParkConfigEntry, PlugCoordinator
from .model import Plug, Socket
from .plug.shelly_em import channel_name
from .plugs import CONF_REST

type AnyDeviceInfo = DeviceInfo | ChildDeviceInfo

MAKERS = {"shelly_gen1": "Shelly", "shelly_rpc": "Shelly", "tasmota": "Tasmota"}


@callback
def async_register_devices(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    plugs: dict[str, PlugCoordinator],
) -> None:
    """Register the devices, each after the one it hangs on.

    A plug that was added after ``plugs`` were collected waits for the reload.
    """
    park_id = _register_park(hass, entry)
    for meter in entry.get_subentries_of_type(SUBENTRY_METER):
        _register_meter(hass, entry, meter, park_id)
    for mirror in entry.get_subentries_of_type(SUBENTRY_MIRROR):
        _register_mirror(hass, entry, mirror, park_id)
    sector_ids = {
        sector.subentry_id: _register_sector(hass, entry, sector, park_id)
        for sector in entry.get_subentries_of_type(SUBENTRY_SECTOR)
    }
    for subentry in entry.get_subentries_of_type(SUBENTRY_PLUG):
        if (plug := plugs.get(subentry.subentry_id)) is None:
            continue
        homes = {socket.sector for socket in plug.plug.sockets}
        home = homes.pop() if len(homes) == 1 else None
        _register_plug(hass, entry, subentry, plug, sector_ids.get(home or "", park_id))
    homes_of = {socket.id: socket.sector for socket in sockets(entry).values()}
    for station in entry.get_subentries_of_type(SUBENTRY_STATION):
        home = homes_of.get(station.data[CONF_COMPUTER])
        _register_station(hass, entry, station, sector_ids.get(home or "", park_id))


@callback
def async_remove_gone(hass: HomeAssistant, plugs: Iterable[PlugCoordinator]) -> None:
    """Remove the children that plugs no longer have, with their entities.

    A plug that kept one socket has it itself: its entities have moved by now.
    """
    registry = dr.async_get(hass)
    for coordinator in plugs:
        there = {identifier for identifier, _ in _children(coordinator)}
        for child in dr.async_entries_for_parent_device(
            registry, coordinator.device_id
        ):
            if not there.intersection(
                identifier for _, identifier in child.identifiers
            ):
                registry.async_remove_device(child.id)


def _children(coordinator: PlugCoordinator) -> Iterator[tuple[str, str]]:
    """Yield the identifiers and names of a plug's children."""
    plug = coordinator.plug
    if len(plug.sockets) > 1:
        for socket in plug.sockets:
            yield socket.id, socket.name
    for channel in coordinator.channels:
        yield f"{plug.serial}_{channel}", f"{plug.name} {channel_name(channel)}"


def socket_device(coordinator: PlugCoordinator, socket: Socket) -> AnyDeviceInfo:
    """Return the device that stands for a socket.

    The plug itself when it has one socket, a child of it when it has several.
    """
    plug = coordinator.plug
    if len(plug.sockets) == 1:
        return DeviceInfo(identifiers={(DOMAIN, plug.serial)})
    return ChildDeviceInfo(
        identifiers={(DOMAIN, socket.id)}, parent_device_id=coordinator.device_id
    )


def _register_park(hass: HomeAssistant, entry: EnergyParkConfigEntry) -> str:
    return (
        dr.async_get(hass)
        .async_get_or_create(
            config_entry_id=entry.entry_id,
            identifiers={(DOMAIN, entry.entry_id)},
            entry_type=dr.DeviceEntryType.SERVICE,
            name=entry.title,
            model="Park",
        )
        .id
    )


def _register_meter(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    subentry: ConfigSubentry,
    park_id: str,
) -> None:
    assert subentry.unique_id is not None
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, subentry.unique_id)},
        name=subentry.title,
        manufacturer="Enedis",
        model="Linky",
        serial_number=subentry.unique_id,
        via_device_id=park_id,
    )


def _register_mirror(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    subentry: ConfigSubentry,
    park_id: str,
) -> None:
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=subentry.title,
        model="PostgreSQL",
        via_device_id=park_id,
    )


def _register_sector(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    subentry: ConfigSubentry,
    park_id: str,
) -> str:
    registry = dr.async_get(hass)
    identifier = (DOMAIN, subentry.subentry_id)
    known = registry.async_get_device_by_identifier(identifier, entry.entry_id)
    device = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={identifier},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=subentry.title,
        model="Sector",
        via_device_id=park_id,
    )
    # The area is the user's from then on: set once, when the device is new.
    if known is None and (area_id := subentry.data.get(CONF_AREA)):
        registry.async_update_device(device.id, area_id=area_id)
    return device.id


def _register_station(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    subentry: ConfigSubentry,
    via_device_id: str,
) -> None:
    dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, subentry.subentry_id)},
        entry_type=dr.DeviceEntryType.SERVICE,
        name=subentry.title,
        model="Station",
        via_device_id=via_device_id,
    )


def _register_plug(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    subentry: ConfigSubentry,
    coordinator: PlugCoordinator,
    via_device_id: str,
) -> None:
    registry = dr.async_get(hass)
    plug = coordinator.plug
    mac = dr.format_mac(plug.serial)
    coordinator.device_id = registry.async_get_or_create(
        config_entry_id=entry.entry_id,
        config_subentry_id=subentry.subentry_id,
        identifiers={(DOMAIN, plug.serial)},
        connections={(dr.CONNECTION_NETWORK_MAC, mac)} if ":" in mac else set(),
        name=plug.name,
        manufacturer=MAKERS.get(subentry.data.get(CONF_DIALECT, "")),
        model=plug.model,
        serial_number=_serial_number(subentry, plug),
        sw_version=subentry.data.get(CONF_FIRMWARE),
        via_device_id=via_device_id,
    ).id
    for identifier, name in _children(coordinator):
        registry.async_get_or_create_child(
            config_entry_id=entry.entry_id,
            config_subentry_id=subentry.subentry_id,
            identifiers={(DOMAIN, identifier)},
            name=name,
            parent_device_id=coordinator.device_id,
        )


def _serial_number(subentry: ConfigSubentry, plug: Plug) -> str | None:
    """Return what the device itself calls so; other unique ids are made up here."""
    data = subentry.data
    told = CONF_DIALECT in data and (
        CONF_REST not in data or "serial" in data[CONF_REST]
    )
    return plug.serial if told else None
