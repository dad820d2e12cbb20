"""Binary sensors of a meter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, override

from homeassistant.components.binary_sensor import (
    BinarySensorDeviceClass,
    BinarySensorEntity,
    BinarySensorEntityDescription,
)
from homeassistant.const import EntityCategory
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity import MeterEntity
from ..meter_coordinator import MeterCoordinator
from ..model import MeterReading
from ..presence import follow
from ..tic.insight import MeterData


@dataclass(frozen=True, kw_only=True)
class MeterBinarySensorDescription(BinarySensorEntityDescription):
    """Something that a meter tells, or that follows from it."""

    value_fn: Callable[[MeterData], bool | None]
    attributes_fn: Callable[[MeterData], dict[str, Any]] | None = None


def _peak(reading: MeterReading, number: int | None) -> dict[str, Any]:
    """Return which mobile peak, and from when to when."""
    return {
        "number": number,
        "starts_at": reading.peak_starts_at,
        "ends_at": reading.peak_ends_at,
    }


ALWAYS = (
    MeterBinarySensorDescription(
        key="overload",
        translation_key="overload",
        device_class=BinarySensorDeviceClass.PROBLEM,
        value_fn=lambda data: data.reading.overload,
    ),
    MeterBinarySensorDescription(
        key="will_trip",
        translation_key="will_trip",
        device_class=BinarySensorDeviceClass.SAFETY,
        value_fn=lambda data: data.trip.will_trip,
    ),
)
# A mobile peak is a red or white day of Tempo, or a peak of EJP; its number is 0 for
# none, and None where the contract has none.
PEAKS = (
    MeterBinarySensorDescription(
        key="peak_running",
        translation_key="peak_running",
        entity_registry_enabled_default=False,
        value_fn=lambda data: (
            None
            if data.reading.peak_running is None
            else bool(data.reading.peak_running)
        ),
        attributes_fn=lambda data: _peak(data.reading, data.reading.peak_running),
    ),
    MeterBinarySensorDescription(
        key="peak_notice",
        translation_key="peak_notice",
        entity_registry_enabled_default=False,
        value_fn=lambda data: (
            None if data.reading.peak_notice is None else bool(data.reading.peak_notice)
        ),
        attributes_fn=lambda data: _peak(data.reading, data.reading.peak_notice),
    ),
)
HEARD = BinarySensorEntityDescription(
    key="heard",
    translation_key="heard",
    device_class=BinarySensorDeviceClass.CONNECTIVITY,
    entity_category=EntityCategory.DIAGNOSTIC,
)
RELAY = BinarySensorEntityDescription(
    key="relay",
    translation_key="relay",
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)


@callback
def follow_meter(
    meter: MeterCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add what every meter tells, and what only some contracts have once it is told."""
    add(
        [
            *(MeterBinarySensor(meter, description) for description in ALWAYS),
            HeardBinarySensor(meter, HEARD),
        ],
        config_subentry_id=subentry_id,
    )
    added: set[str] = set()

    @callback
    def async_look() -> None:
        if meter.data is None:
            return
        found = {
            key: make
            for key, make in _of_contract(meter, meter.data.reading)
            if key not in added
        }
        if found:
            added.update(found)
            add((make() for make in found.values()), config_subentry_id=subentry_id)

    follow(meter, async_look)


def _of_contract(
    meter: MeterCoordinator, reading: MeterReading
) -> Iterator[tuple[str, Callable[[], BinarySensorEntity]]]:
    """Yield the keys of what the contract has, and how to make it."""
    if reading.peak_running is not None:
        for description in PEAKS:
            yield description.key, partial(MeterBinarySensor, meter, description)
    for relay in range(len(reading.relays_closed or ())):
        yield relay_key(relay), partial(RelayBinarySensor, meter, relay)


class MeterBinarySensor(MeterEntity, BinarySensorEntity):
    """Something that a meter tells, or that follows from it."""

    entity_description: MeterBinarySensorDescription

    @property
    @override
    def is_on(self) -> bool | None:
        """What the latest reading says of it."""
        return self.entity_description.value_fn(self.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """What belongs to it."""
        if self.entity_description.attributes_fn is None:
            return None
        return self.entity_description.attributes_fn(self.data)


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


def relay_key(relay: int) -> str:
    """Return the key of a relay, which people count from 1."""
    return f"{RELAY.key}_{relay + 1}"


class RelayBinarySensor(MeterEntity, BinarySensorEntity):
    """A relay of the meter: the first is its dry contact, the others are virtual."""

    def __init__(self, coordinator: MeterCoordinator, relay: int) -> None:
        """Describe the relay."""
        super().__init__(coordinator, replace(RELAY, key=relay_key(relay)))
        self._attr_translation_placeholders = {"number": str(relay + 1)}
        self._relay = relay

    @property
    @override
    def is_on(self) -> bool | None:
        """Whether the relay is closed."""
        relays = self.reading.relays_closed
        return None if relays is None else relays[self._relay]
