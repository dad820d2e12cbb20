"""Binary sensors of meters."""

from typing import override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import EnergyParkConfigEntry
from .entity import MeterEntity

PARALLEL_UPDATES = 0

OVERLOAD = BinarySensorEntityDescription(
    key="overload",
    translation_key="overload",
    device_class=BinarySensorDeviceClass.PROBLEM,
)
WILL_TRIP = BinarySensorEntityDescription(
    key="will_trip",
    translation_key="will_trip",
    device_class=BinarySensorDeviceClass.SAFETY,
)
HEARD = BinarySensorEntityDescription(
    key="heard",
    translation_key="heard",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of each meter."""
    for subentry_id, meter in entry.runtime_data.meters.items():
        async_add_entities(
            [
                OverloadBinarySensor(meter, OVERLOAD),
                WillTripBinarySensor(meter, WILL_TRIP),
                HeardBinarySensor(meter, HEARD),
            ],
            config_subentry_id=subentry_id,
        )


class OverloadBinarySensor(MeterEntity, BinarySensorEntity):
    """Whether more is drawn than what is subscribed."""

    @property
    @override
    def is_on(self) -> bool | None:
        """What the meter says of it."""
        return self.reading.overload


class WillTripBinarySensor(MeterEntity, BinarySensorEntity):
    """Whether the present power, if it stays, opens the meter."""

    @property
    @override
    def is_on(self) -> bool | None:
        """What the model of the meter's cut-off says."""
        return self.data.trip.will_trip


class HeardBinarySensor(MeterEntity, BinarySensorEntity):
    """Whether frames of the meter arrive."""

    @property
    @override
    def available(self) -> bool:
        """This is known when nothing else is."""
        return True

    @property
    @override
    def is_on(self) -> bool:
        """Whether the latest frames were good."""
        return super().available
