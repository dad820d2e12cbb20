"""What the entities of meters, sockets and groups of sockets have in common."""

from typing import override

from homeassistant.core import Context, callback
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .control.group import SocketGroup
from .control.mirroring import MirrorCoordinator
from .control.shedding.shedding import Shedding
from .control.switchboard import Switchboard
from .coordinator import EnergyParkConfigEntry, PlugCoordinator
from .devices import socket_device
from .meter_coordinator import MeterCoordinator
from .model import MeterReading, Socket, SocketReading
from .park.station import Station
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


class SheddingEntity(Entity):
    """An entity of the shedding behind a meter; known whether it is heard or not."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, shedding: Shedding, description: EntityDescription) -> None:
        """Bind a description to the shedding."""
        self.shedding = shedding
        self.entity_description = description
        serial = shedding.meter.serial
        self._attr_unique_id = f"{serial}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, serial)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow each decision."""
        self.async_on_remove(
            self.shedding.async_add_listener(self.async_write_ha_state)
        )


class MirrorEntity(CoordinatorEntity[MirrorCoordinator]):
    """An entity of the mirror; it is known whether the database answers or not."""

    _attr_has_entity_name = True

    def __init__(
        self, coordinator: MirrorCoordinator, description: EntityDescription
    ) -> None:
        """Bind a description to the mirror."""
        super().__init__(coordinator)
        self.entity_description = description
        part_id = coordinator.subentry.subentry_id
        self._attr_unique_id = f"{part_id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, part_id)})


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


class StationEntity(CoordinatorEntity[PlugCoordinator]):
    """An entity of a station; it follows its computer's plug, and its jobs."""

    _attr_has_entity_name = True

    def __init__(
        self,
        entry: EnergyParkConfigEntry,
        station: Station,
        description: EntityDescription,
    ) -> None:
        """Bind a description to a station."""
        self.park = entry.runtime_data
        computer = self.park.stations.sockets[station.computer]
        super().__init__(self.park.switchboard.coordinator(computer))
        self.computer = computer
        self.station_id = station.id
        self.entity_description = description
        self._attr_unique_id = f"{station.id}_{description.key}"
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, station.id)})

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the station, too."""
        await super().async_added_to_hass()
        self.async_on_remove(
            self.park.stations.async_add_listener(
                self.station_id, self.async_write_ha_state
            )
        )

    @property
    @override
    def available(self) -> bool:
        """What is known of a station is ours, whether its plug is heard or not."""
        return True

    @property
    def station(self) -> Station:
        """The station with what was learnt of it."""
        return self.park.stations.station(self.station_id)

    @callback
    def async_commission(self, context: Context | None) -> None:
        """Find out how the computer starts; raise why that cannot be, if so."""
        self._check_free()
        refused = self.park.trials.async_commission(self.station_id, context)
        if refused is not None:
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key=f"not_commissioned_{refused}",
                translation_placeholders={"station": self.station.name},
            )

    @callback
    def async_measure_sleep(self, context: Context | None) -> None:
        """Find out what the computer draws asleep."""
        self._check_free()
        self.park.trials.async_measure_sleep(self.station_id, context)

    def _check_free(self) -> None:
        """Raise when something is going on at the station."""
        if self.park.trials.of_station(self.station_id) or self.park.jobs.of_station(
            self.station_id
        ):
            raise ServiceValidationError(
                translation_domain=DOMAIN,
                translation_key="station_busy",
                translation_placeholders={"station": self.station.name},
            )


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

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the group."""
        self.async_on_remove(self.members.async_add_listener(self.async_write_ha_state))

    @property
    def switchboard(self) -> Switchboard:
        """Where orders to the group go."""
        return self.members.switchboard
