"""Sensors of a panel's channels: circuits that are measured and cannot be switched."""

from typing import override

from homeassistant.components.sensor import SensorEntity, SensorEntityDescription
from homeassistant.core import callback
from homeassistant.helpers.device_registry import ChildDeviceInfo
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from ..const import DOMAIN
from ..coordinator import PlugCoordinator
from ..model import SocketReading
from ..presence import follow
from .socket_values import ENERGY, SOCKET_SENSORS, SocketSensorDescription


@callback
def follow_channels(
    plug: PlugCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add each measurement of a plug's channels when it is first given."""
    added: set[tuple[int, str]] = set()

    @callback
    def async_look() -> None:
        found: list[SensorEntity] = []
        for channel in plug.channels:
            reading = plug.data.sockets.get(channel) if plug.heard else None
            if reading is None:
                continue
            for description in SOCKET_SENSORS:
                key = (channel, description.key)
                if key not in added and description.value_fn(reading) is not None:
                    added.add(key)
                    found.append(ChannelSensor(plug, channel, description))
            key = (channel, ENERGY.key)
            if key not in added and reading.energy_wh is not None:
                added.add(key)
                found.append(ChannelEnergySensor(plug, channel, ENERGY))
        if found:
            add(found, config_subentry_id=subentry_id)

    if plug.channels:
        follow(plug, async_look)


class ChannelEntity(CoordinatorEntity[PlugCoordinator], SensorEntity):
    """A sensor of one channel."""

    _attr_has_entity_name = True

    def __init__(
        self, plug: PlugCoordinator, channel: int, description: SensorEntityDescription
    ) -> None:
        """Bind a description to a channel."""
        super().__init__(plug)
        self._channel = channel
        identifier = f"{plug.plug.serial}_{channel}"
        self.entity_description = description
        self._attr_unique_id = f"{identifier}_{description.key}"
        self._attr_device_info = ChildDeviceInfo(
            identifiers={(DOMAIN, identifier)}, parent_device_id=plug.device_id
        )

    @property
    def reading(self) -> SocketReading | None:
        """The fresh reading; None while there is none."""
        return self.coordinator.data.sockets.get(self._channel)


class ChannelSensor(ChannelEntity):
    """A measured value of a channel; power is negative where energy flows back."""

    entity_description: SocketSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value in the latest poll."""
        if self.reading is None:
            return None
        return self.entity_description.value_fn(self.reading)


class ChannelEnergySensor(ChannelEntity):
    """The energy that a channel drew, as the device counts it."""

    @property
    @override
    def native_value(self) -> float | None:
        """The device's counter."""
        return None if self.reading is None else self.reading.energy_wh
