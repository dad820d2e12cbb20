"""What the entities of meters, sockets and groups of sockets have in common."""

from collections.abc import Mapping
from typing import override

from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.event import async_call_later
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .configuration import sectors
from .const import DOMAIN, GROUP_UPDATE_AFTER_S
from .control.energy import PARK
from .control.switchboard import Switchboard
from .coordinator import EnergyParkConfigEntry, MeterCoordinator, PlugCoordinator
from .devices import socket_device
from .model import MeterReading, Socket, SocketReading
from .tic.insight import MeterData


class MeterEntity(CoordinatorEntity[MeterCoordinator]):
    """An entity of a meter."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: MeterCoordinator, description: EntityDescription
    ) -> None:
        """Bind a description to a meter."""
        super().__init__(coordinator)
        self.entity_description = description
        self._attr_unique_id = f"{coordinator.serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.serial)})

    @property
    @override
    def available(self) -> bool:
        """Whether the meter is heard."""
        return super().available and self.coordinator.heard

    @property
    def data(self) -> MeterData:
        """What is known of the meter; only while available."""
        assert self.coordinator.data is not None
        return self.coordinator.data

    @property
    def reading(self) -> MeterReading:
        """The latest reading; only while available."""
        return self.data.reading


class SocketEntity(CoordinatorEntity[PlugCoordinator]):
    """An entity of one socket of a plug."""

    _attr_has_entity_name = True

    def __init__(
        self,
        coordinator: PlugCoordinator,
        socket: Socket,
        description: EntityDescription,
    ) -> None:
        """Bind a description to a socket."""
        super().__init__(coordinator)
        self.socket = socket
        self.entity_description = description
        self._attr_unique_id = f"{socket.id}_{description.key}"
        self._attr_device_info = socket_device(coordinator, socket)

    @property
    def reading(self) -> SocketReading | None:
        """The fresh reading; None while there is none."""
        return self.coordinator.reading(self.socket)

    @property
    def switchboard(self) -> Switchboard:
        """Where orders to the socket go."""
        return self.coordinator.config_entry.runtime_data.switchboard


class SocketGroup:
    """The sockets of a sector, or of the whole park."""

    def __init__(self, entry: EnergyParkConfigEntry, sector_id: str | None) -> None:
        """Collect the sockets; ``sector_id`` None stands for the park."""
        switchboard = entry.runtime_data.switchboard
        self.entry = entry
        self.sector_id = sector_id
        self.energy_id = sector_id or PARK
        self.unique_id = sector_id or entry.entry_id
        self.sockets = tuple(
            socket
            for socket in switchboard.sockets
            if sector_id is None or socket.sector == sector_id
        )
        self.plugs = tuple(dict.fromkeys(map(switchboard.coordinator, self.sockets)))


def groups(entry: EnergyParkConfigEntry) -> list[SocketGroup]:
    """Return the park and its sectors as groups of sockets."""
    return [
        SocketGroup(entry, None),
        *(SocketGroup(entry, sector_id) for sector_id in sectors(entry)),
    ]


class GroupEntity(Entity):
    """An entity that sums up several sockets."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, group: SocketGroup, description: EntityDescription) -> None:
        """Bind a description to a group."""
        self.members = group
        self.entity_description = description
        self._attr_unique_id = f"{group.unique_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, group.unique_id)})
        self._cancel_update: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the plugs of the group."""
        for coordinator in self.members.plugs:
            self.async_on_remove(
                coordinator.async_add_listener(self._async_plug_updated)
            )
        self.async_on_remove(self._async_cancel_update)

    @callback
    def _async_plug_updated(self) -> None:
        """Write the state once for all plugs that report in a moment."""
        if self._cancel_update is None:
            self._cancel_update = async_call_later(
                self.hass, GROUP_UPDATE_AFTER_S, self._async_update
            )

    @callback
    def _async_update(self, _now: object) -> None:
        self._cancel_update = None
        self.async_write_ha_state()

    @callback
    def _async_cancel_update(self) -> None:
        if self._cancel_update is not None:
            self._cancel_update()
            self._cancel_update = None

    @property
    def switchboard(self) -> Switchboard:
        """Where orders to the group go."""
        return self.members.entry.runtime_data.switchboard

    def readings(self) -> Mapping[Socket, SocketReading | None]:
        """Return the fresh readings of the group's sockets."""
        return {
            socket: self.switchboard.coordinator(socket).reading(socket)
            for socket in self.members.sockets
        }
