"""Binary sensors of meters, of the mirror, of alarms and of power quality."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .binary_sensors.alarms import add_alarms
from .binary_sensors.meter import follow_meter
from .binary_sensors.power_quality import add_power_quality
from .coordinator import EnergyParkConfigEntry
from .entity import MirrorEntity

PARALLEL_UPDATES = 0

MIRROR_CONNECTED = BinarySensorEntityDescription(
    key="connected",
    translation_key="mirror_connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of the park and of its parts."""
    add_alarms(entry, async_add_entities)
    add_power_quality(entry, async_add_entities)
    if (mirroring := entry.runtime_data.mirroring) is not None:
        async_add_entities(
            [MirrorConnectedBinarySensor(mirroring.coordinator, MIRROR_CONNECTED)],
            config_subentry_id=mirroring.subentry.subentry_id,
        )
    for subentry_id, meter in entry.runtime_data.meters.items():
        follow_meter(meter, subentry_id, async_add_entities)


class MirrorConnectedBinarySensor(MirrorEntity, BinarySensorEntity):
    """Whether the database takes rows."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is connected now."""
        return self.coordinator.data.connected
