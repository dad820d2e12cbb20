"""Sensors of what a sector or the park wastes: left on, and in standby."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy, UnitOfPower

from ..control.group import SocketGroup
from ..control.waste import GroupWaste, WasteBook
from ..entity import GroupEntity
from ..park.waste import WasteTotal


@dataclass(frozen=True, kw_only=True)
class WasteSensorDescription(SensorEntityDescription):
    """What is wasted now; None where nothing tells."""

    now_fn: Callable[[GroupWaste], float | None]
    sockets_fn: Callable[[GroupWaste], tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class WasteTotalSensorDescription(SensorEntityDescription):
    """What was wasted since it is counted."""

    total_fn: Callable[[WasteTotal], float]


@dataclass(frozen=True, kw_only=True)
class WasteCostSensorDescription(WasteTotalSensorDescription):
    """What was wasted in money."""


LEFT_ON = WasteSensorDescription(
    key="left_on",
    translation_key="left_on",
    state_class=SensorStateClass.MEASUREMENT,
    now_fn=lambda now: None if now.in_use is None else len(now.waste.left_on),
    sockets_fn=lambda now: now.waste.left_on,
)
WASTE_POWER = WasteSensorDescription(
    key="waste_power",
    translation_key="waste_power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    now_fn=lambda now: now.waste.left_on_w + now.waste.standby_w,
    sockets_fn=lambda now: now.waste.left_on + now.waste.standby,
)
LEFT_ON_POWER = WasteSensorDescription(
    key="left_on_power",
    translation_key="left_on_power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
    now_fn=lambda now: None if now.in_use is None else now.waste.left_on_w,
    sockets_fn=lambda now: now.waste.left_on,
)
STANDBY_POWER = WasteSensorDescription(
    key="standby_power",
    translation_key="standby_power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
    now_fn=lambda now: now.waste.standby_w,
    sockets_fn=lambda now: now.waste.standby,
)
LEFT_ON_ENERGY = WasteTotalSensorDescription(
    key="left_on_energy",
    translation_key="left_on_energy",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL_INCREASING,
    total_fn=lambda total: total.left_on_wh,
)
STANDBY_ENERGY = WasteTotalSensorDescription(
    key="standby_energy",
    translation_key="standby_energy",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL_INCREASING,
    total_fn=lambda total: total.standby_wh,
)
# A price may be below zero: what was paid for waste may fall.
LEFT_ON_COST = WasteCostSensorDescription(
    key="left_on_cost",
    translation_key="left_on_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    total_fn=lambda total: total.left_on_money,
)
STANDBY_COST = WasteCostSensorDescription(
    key="standby_cost",
    translation_key="standby_cost",
    device_class=SensorDeviceClass.MONETARY,
    suggested_display_precision=2,
    state_class=SensorStateClass.TOTAL,
    total_fn=lambda total: total.standby_money,
)


def waste_sensors(group: SocketGroup, book: WasteBook) -> list[SensorEntity]:
    """Return the sensors of a group's waste."""
    return [
        *(
            WasteSensor(group, book, description)
            for description in (WASTE_POWER, LEFT_ON, LEFT_ON_POWER, STANDBY_POWER)
        ),
        *(
            WasteTotalSensor(group, book, description)
            for description in (LEFT_ON_ENERGY, STANDBY_ENERGY)
        ),
        *(
            WasteCostSensor(group, book, description)
            for description in (LEFT_ON_COST, STANDBY_COST)
        ),
    ]


class BookedWasteSensor(GroupEntity, SensorEntity):
    """A value of the book of waste."""

    def __init__(
        self,
        group: SocketGroup,
        book: WasteBook,
        description: SensorEntityDescription,
    ) -> None:
        """Open the book of the park."""
        super().__init__(group, description)
        self._book = book


class WasteSensor(BookedWasteSensor):
    """What a group wastes now."""

    entity_description: WasteSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """What was seen last."""
        return self.entity_description.now_fn(self._book.now(self.members))

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Which sockets, and how many are not heard."""
        now = self._book.now(self.members)
        names = {socket.id: socket.name for socket in self.members.sockets}
        sockets = self.entity_description.sockets_fn(now)
        return {
            "sockets": [names[socket] for socket in sockets],
            "sockets_silent": len(now.waste.unknown),
        }


class WasteTotalSensor(BookedWasteSensor):
    """The energy that a group has wasted."""

    entity_description: WasteTotalSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The total in the book."""
        return self.entity_description.total_fn(self._book.total(self.members))


class WasteCostSensor(WasteTotalSensor):
    """What the waste of a group has cost; unknown before any price was."""

    @override
    async def async_added_to_hass(self) -> None:
        """Count in the currency of the house."""
        self._attr_native_unit_of_measurement = self.hass.config.currency
        await super().async_added_to_hass()

    @property
    @override
    def native_value(self) -> float | None:
        """The money in the book."""
        total = self._book.total(self.members)
        priced = total.left_on_money or total.standby_money
        if total.unpriced_wh and not priced:
            return None
        return self.entity_description.total_fn(total)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How much energy had no price."""
        return {"unpriced_kwh": self._book.total(self.members).unpriced_wh / 1000}
