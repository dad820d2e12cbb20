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
    """A figure of what is wasted now, or was since it is counted.

    ``sockets_fn`` names the sockets behind what is wasted now.
    """

    value_fn: Callable[[GroupWaste, WasteTotal], float | None]
    sockets_fn: Callable[[GroupWaste], tuple[str, ...]] | None = None


def _money(total: WasteTotal, money: float) -> float | None:
    """Return what waste has cost; unknown before any price was."""
    priced = total.left_on_money or total.standby_money
    return None if total.unpriced_wh and not priced else money


WASTE_SENSORS = (
    WasteSensorDescription(
        key="waste_power",
        translation_key="waste_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda now, _total: now.waste.left_on_w + now.waste.standby_w,
        sockets_fn=lambda now: now.waste.left_on + now.waste.standby,
    ),
    WasteSensorDescription(
        key="left_on",
        translation_key="left_on",
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda now, _total: (
            None if now.in_use is None else len(now.waste.left_on)
        ),
        sockets_fn=lambda now: now.waste.left_on,
    ),
    WasteSensorDescription(
        key="left_on_power",
        translation_key="left_on_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda now, _total: (
            None if now.in_use is None else now.waste.left_on_w
        ),
        sockets_fn=lambda now: now.waste.left_on,
    ),
    WasteSensorDescription(
        key="standby_power",
        translation_key="standby_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda now, _total: now.waste.standby_w,
        sockets_fn=lambda now: now.waste.standby,
    ),
    WasteSensorDescription(
        key="left_on_energy",
        translation_key="left_on_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _now, total: total.left_on_wh,
    ),
    WasteSensorDescription(
        key="standby_energy",
        translation_key="standby_energy",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda _now, total: total.standby_wh,
    ),
    # A price may be below zero: what was paid for waste may fall.
    WasteSensorDescription(
        key="left_on_cost",
        translation_key="left_on_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda _now, total: _money(total, total.left_on_money),
    ),
    WasteSensorDescription(
        key="standby_cost",
        translation_key="standby_cost",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        state_class=SensorStateClass.TOTAL,
        value_fn=lambda _now, total: _money(total, total.standby_money),
    ),
)


class WasteSensor(GroupEntity, SensorEntity):
    """What a group wastes or has wasted, as the book tells."""

    entity_description: WasteSensorDescription

    def __init__(
        self,
        group: SocketGroup,
        book: WasteBook,
        description: WasteSensorDescription,
    ) -> None:
        """Open the book of the park."""
        super().__init__(group, description)
        self._book = book

    @override
    async def async_added_to_hass(self) -> None:
        """Count money in the currency of the house."""
        if self.device_class is SensorDeviceClass.MONETARY:
            self._attr_native_unit_of_measurement = self.hass.config.currency
        await super().async_added_to_hass()

    @property
    @override
    def native_value(self) -> float | None:
        """What was seen last."""
        now, total = self._book.now(self.members), self._book.total(self.members)
        return self.entity_description.value_fn(now, total)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """Which sockets, and how many are not heard; how much energy had no price."""
        if self.device_class is SensorDeviceClass.MONETARY:
            total = self._book.total(self.members)
            return {"unpriced_kwh": total.unpriced_wh / 1000}
        if (sockets_fn := self.entity_description.sockets_fn) is None:
            return None
        now = self._book.now(self.members)
        names = {socket.id: socket.name for socket in self.members.sockets}
        return {
            "sockets": [names[socket] for socket in sockets_fn(now)],
            "sockets_silent": len(now.waste.unknown),
        }
