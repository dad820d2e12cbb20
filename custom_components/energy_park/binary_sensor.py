"""Binary sensors of meters, of the mirror, and of alarms."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .binary_sensors.alarms import add_alarms
from .binary_sensors.power_quality import add_power_quality
from .coordinator import EnergyParkConfigEntry
from .entity import MeterEntity, MirrorEntity
from .meter_coordinator import MeterCoordinator
from .model import MeterReading
from .sensors.follow import follow

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
MIRROR_CONNECTED = BinarySensorEntityDescription(
    key="connected",
    translation_key="mirror_connected",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)


PEAK_RUNNING = BinarySensorEntityDescription(
    key="peak_running",
    translation_key="peak_running",
    entity_registry_enabled_default=False,
)
PEAK_NOTICE = BinarySensorEntityDescription(
    key="peak_notice",
    translation_key="peak_notice",
    entity_registry_enabled_default=False,
)
RELAY = BinarySensorEntityDescription(
    key="relay",
    translation_key="relay",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the binary sensors of each meter, of the mirror, and of the alarms."""
    add_alarms(entry, async_add_entities)
    add_power_quality(entry, async_add_entities)
    if (mirroring := entry.runtime_data.mirroring) is not None:
        async_add_entities(
            [MirrorConnectedBinarySensor(mirroring.coordinator, MIRROR_CONNECTED)],
            config_subentry_id=mirroring.subentry.subentry_id,
        )
    for subentry_id, meter in entry.runtime_data.meters.items():
        async_add_entities(
            [
                OverloadBinarySensor(meter, OVERLOAD),
                WillTripBinarySensor(meter, WILL_TRIP),
                HeardBinarySensor(meter, HEARD),
            ],
            config_subentry_id=subentry_id,
        )
        _follow_meter(meter, subentry_id, async_add_entities)


@callback
def _follow_meter(
    meter: MeterCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add what only some contracts have once the meter tells it."""
    added: set[str] = set()

    @callback
    def async_look() -> None:
        if meter.data is None:
            return
        reading = meter.data.reading
        found: dict[str, Callable[[], BinarySensorEntity]] = {}
        if reading.peak_running is not None:
            found["peak"] = partial(PeakRunningBinarySensor, meter, PEAK_RUNNING)
            found["notice"] = partial(PeakNoticeBinarySensor, meter, PEAK_NOTICE)
        for relay in range(len(reading.relays_closed or ())):
            found[f"relay {relay}"] = partial(RelayBinarySensor, meter, relay)
        new = [make() for key, make in found.items() if key not in added]
        if new:
            added.update(found)
            add(new, config_subentry_id=subentry_id)

    follow(meter, async_look)


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


class PeakRunningBinarySensor(MeterEntity, BinarySensorEntity):
    """Whether a mobile peak runs: a red or white day of Tempo, a peak of EJP."""

    @property
    @override
    def is_on(self) -> bool | None:
        """What the meter says of it."""
        running = self.reading.peak_running
        return None if running is None else bool(running)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Which peak, and from when to when."""
        return _peak(self.reading, self.reading.peak_running)


class PeakNoticeBinarySensor(MeterEntity, BinarySensorEntity):
    """Whether a mobile peak is announced."""

    @property
    @override
    def is_on(self) -> bool | None:
        """What the meter says of it."""
        notice = self.reading.peak_notice
        return None if notice is None else bool(notice)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Which peak, and from when to when."""
        return _peak(self.reading, self.reading.peak_notice)


def _peak(reading: MeterReading, number: int | None) -> dict[str, Any]:
    return {
        "number": number,
        "starts_at": reading.peak_starts_at,
        "ends_at": reading.peak_ends_at,
    }


class RelayBinarySensor(MeterEntity, BinarySensorEntity):
    """A relay of the meter: the first is its dry contact, the others are virtual."""

    def __init__(self, coordinator: MeterCoordinator, relay: int) -> None:
        """Describe the relay, which people count from 1."""
        number = str(relay + 1)
        super().__init__(coordinator, replace(RELAY, key=f"relay_{number}"))
        self._attr_translation_placeholders = {"number": number}
        self._relay = relay

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the relay is closed."""
        relays = self.reading.relays_closed
        return None if relays is None else relays[self._relay]


class MirrorConnectedBinarySensor(MirrorEntity, BinarySensorEntity):
    """Whether the database takes rows."""

    @property
    @override
    def is_on(self) -> bool:
        """Whether it is connected now."""
        return self.coordinator.data.connected
