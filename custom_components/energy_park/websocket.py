"""What the cards ask over Home Assistant's WebSocket: the park and its entities.

Any user may read; the cards work on a wall tablet without an administrator.
"""

from collections.abc import Iterator
from typing import Any

from homeassistant.components import websocket_api
from homeassistant.components.websocket_api.connection import ActiveConnection
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
)
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers import device_registry as dr, entity_registry as er
from homeassistant.helpers.debounce import Debouncer
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import probatio

from .configuration import read_plug, sectors
from .const import DOMAIN, LOGGER, SUBENTRY_METER, SUBENTRY_PLUG
from .lovelace import CARDS

# A park that is set up registers its parts one by one.
TELL_AFTER_S = 0.5

type Json = dict[str, Any]


@callback
def async_setup_websocket(hass: HomeAssistant) -> None:
    """Register the commands."""
    websocket_api.async_register_command(hass, websocket_subscribe)


@websocket_api.websocket_command(
    {probatio.Required("type"): f"{DOMAIN}/park/subscribe"}
)
@callback
def websocket_subscribe(
    hass: HomeAssistant, connection: ActiveConnection, msg: Json
) -> None:
    """Tell the parks and their entities, and again when they changed."""
    told: Json = {}

    @callback
    def tell() -> None:
        nonlocal told
        if (now := describe(hass)) != told:
            told = now
            connection.send_event(msg["id"], now)

    connection.subscriptions[msg["id"]] = _async_follow(hass, tell)
    connection.send_result(msg["id"])
    tell()


@callback
def _async_follow(hass: HomeAssistant, tell: CALLBACK_TYPE) -> CALLBACK_TYPE:
    """Call ``tell`` in a while after anything of our parks changed."""
    debouncer = Debouncer(
        hass, LOGGER, cooldown=TELL_AFTER_S, immediate=False, function=tell
    )

    @callback
    def registry_updated(event: Event[Any]) -> None:
        debouncer.async_schedule_call()

    @callback
    def entry_changed(change: ConfigEntryChange, entry: ConfigEntry) -> None:
        if entry.domain == DOMAIN:
            debouncer.async_schedule_call()

    unsubscribe = [
        hass.bus.async_listen(dr.EVENT_DEVICE_REGISTRY_UPDATED, registry_updated),
        hass.bus.async_listen(er.EVENT_ENTITY_REGISTRY_UPDATED, registry_updated),
        async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, entry_changed),
    ]

    @callback
    def stop() -> None:
        for end in unsubscribe:
            end()
        debouncer.async_shutdown()

    return stop


@callback
def describe(hass: HomeAssistant) -> Json:
    """Return the parks with the registry ids of their parts."""
    cards = hass.data.get(CARDS)
    return {
        "cards": cards.digest if cards else "",
        "parks": [
            park
            for entry in hass.config_entries.async_entries(DOMAIN)
            if entry.disabled_by is None
            and (park := _Describer(hass, entry).park()) is not None
        ],
    }


class _Describer:
    """Describes one park by its registered devices and entities."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry) -> None:
        """Look the entry's devices and entities up, once."""
        self.entry = entry
        self._devices = dr.async_get(hass)
        self._entities: dict[str, list[er.RegistryEntry]] = {}
        for entity in er.async_entries_for_config_entry(
            er.async_get(hass), entry.entry_id
        ):
            if entity.device_id is not None and entity.disabled_by is None:
                self._entities.setdefault(entity.device_id, []).append(entity)

    def park(self) -> Json | None:
        """Describe the park; None before it was set up for the first time."""
        if (device := self._device(self.entry.entry_id)) is None:
            return None
        return {
            "id": self.entry.entry_id,
            **self._part(device, self.entry.entry_id),
            "name": self.entry.title,
            "meters": list(self._meters()),
            "sectors": list(self._sectors()),
            "sockets": list(self._sockets()),
        }

    def _meters(self) -> Iterator[Json]:
        for subentry in self.entry.get_subentries_of_type(SUBENTRY_METER):
            serial = subentry.unique_id or ""
            if device := self._device(serial):
                yield self._part(device, serial)

    def _sectors(self) -> Iterator[Json]:
        for sector_id in sectors(self.entry):
            if device := self._device(sector_id):
                yield self._part(device, sector_id) | {"area": device.area_id}

    def _sockets(self) -> Iterator[Json]:
        for subentry in self.entry.get_subentries_of_type(SUBENTRY_PLUG):
            plug = read_plug(self.entry, subentry)
            for socket in plug.sockets:
                # The only socket of a plug is the plug's own device.
                device = (
                    self._device(plug.serial)
                    if len(plug.sockets) == 1
                    else self._devices.async_get_child_device_by_identifier(
                        (DOMAIN, socket.id), self.entry.entry_id
                    )
                )
                if device is None:
                    continue
                sector = self._device(socket.sector) if socket.sector else None
                yield self._part(device, socket.id) | {
                    "id": socket.id,
                    "label": socket.name,
                    "role": socket.role,
                    "sector": sector.id if sector else None,
                }

    def _device(self, identifier: str) -> dr.DeviceEntry | None:
        return self._devices.async_get_device_by_identifier(
            (DOMAIN, identifier), self.entry.entry_id
        )

    def _part(self, device: dr.DeviceEntry | dr.ChildDeviceEntry, prefix: str) -> Json:
        """Describe a part; the unique ids of its entities begin with ``prefix``."""
        start = f"{prefix}_"
        return {
            "device": device.id,
            "name": device.name_by_user or device.name,
            "entities": {
                entity.unique_id.removeprefix(start): entity.entity_id
                for entity in self._entities.get(device.id, ())
                if entity.unique_id.startswith(start)
            },
        }
