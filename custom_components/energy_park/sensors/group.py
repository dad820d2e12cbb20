"""Sensors of a sector or of the whole park."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    UnitOfApparentPower,
    UnitOfEnergy,
    UnitOfPower,
    UnitOfReactivePower,
)
from homeassistant.util import dt as dt_util

from ..control.group import SocketGroup
from ..coordinator import EnergyParkConfigEntry
from ..entity import GroupEntity
from ..park.alarms import tan_phi
from ..park.periods import Remainder
from ..park.power_quality import PowerTriangle
from .socket_values import PeriodSensorDescription, energy_of


@dataclass(frozen=True, kw_only=True)
class TriangleSensorDescription(SensorEntityDescription):
    """A figure of the summed active and reactive powers."""

    value_fn: Callable[[PowerTriangle], float | None]


GROUP_POWER = SensorEntityDescription(
    key="power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
)
GROUP_TRIANGLE = (
    TriangleSensorDescription(
        key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda triangle: triangle.power_factor,
    ),
    TriangleSensorDescription(
        key="apparent_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda triangle: triangle.apparent_power_va,
    ),
    TriangleSensorDescription(
        key="reactive_power",
        device_class=SensorDeviceClass.REACTIVE_POWER,
        native_unit_of_measurement=UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda triangle: triangle.reactive_power_var,
    ),
    TriangleSensorDescription(
        key="tan_phi",
        translation_key="tan_phi",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=tan_phi,
    ),
)
UNMEASURED = SensorEntityDescription(
    key="unmeasured_today",
    translation_key="unmeasured_today",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=3,
    state_class=SensorStateClass.TOTAL,
)
SOCKETS_ON = SensorEntityDescription(
    key="sockets_on",
    translation_key="sockets_on",
    state_class=SensorStateClass.MEASUREMENT,
)
GROUP_STATE = SensorEntityDescription(
    key="state",
    translation_key="group_state",
    device_class=SensorDeviceClass.ENUM,
    options=["off", "partly_on", "on"],
)


class GroupPowerSensor(GroupEntity, SensorEntity):
    """The power of a group: the sum of what is measured, and its coverage."""

    @property
    @override
    def native_value(self) -> float | None:
        """The sum of the known powers."""
        return self.members.power.power_w

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How many of the sockets the sum holds."""
        power = self.members.power
        return {"sockets_measured": power.measured, "sockets": power.total}


class BookedSensor(GroupEntity, SensorEntity):
    """A value of the energy book."""

    def __init__(
        self,
        entry: EnergyParkConfigEntry,
        group: SocketGroup,
        description: SensorEntityDescription,
    ) -> None:
        """Open the book of the park."""
        super().__init__(group, description)
        self._energy = entry.runtime_data.energy


class GroupEnergySensor(BookedSensor):
    """What the sockets of a group drew since they belong to it."""

    @property
    @override
    def native_value(self) -> float:
        """The total kept in the energy book."""
        return self._energy.group_wh(self.members.energy_id)


class GroupPeriodSensor(BookedSensor):
    """What the sockets of a group drew today, or this month."""

    entity_description: PeriodSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The energy of the period."""
        period = self._energy.group_period(self.members.energy_id)
        return energy_of(self.entity_description.period_fn(period))


class GroupTriangleSensor(GroupEntity, SensorEntity):
    """Apparent or reactive power, power factor or tan phi: from the sums of P and Q."""

    entity_description: TriangleSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value of those sockets that tell both."""
        return self.entity_description.value_fn(self.members.triangle)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Whether loads may cancel out, and how many sockets are in it."""
        triangle = self.members.triangle
        return {
            "upper_bound": triangle.upper_bound,
            "sockets_measured": triangle.measured,
            "sockets": triangle.total,
        }


class UnmeasuredSensor(BookedSensor):
    """What the meters counted today and no socket did."""

    def __init__(
        self, entry: EnergyParkConfigEntry, description: SensorEntityDescription
    ) -> None:
        """Compare all meters with all sockets."""
        data = entry.runtime_data
        super().__init__(entry, data.park, description)
        self._serials = [meter.serial for meter in data.meters.values()]

    @property
    @override
    def last_reset(self) -> datetime:
        """The midnight since which it counts."""
        return dt_util.start_of_local_day()

    @property
    @override
    def native_value(self) -> float | None:
        """The energy that is not explained."""
        return self._remainder.energy_wh

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How many of the sockets are known."""
        rest = self._remainder
        return {"sockets_measured": rest.measured, "sockets": rest.total}

    @property
    def _remainder(self) -> Remainder:
        return self._energy.unmeasured_today(self._serials)


class SocketsOnSensor(GroupEntity, SensorEntity):
    """How many sockets of a group are on."""

    @property
    @override
    def native_value(self) -> int:
        """The number of sockets that are known to be on."""
        return sum(1 for r in self.members.readings.values() if r is not None and r.on)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The number of sockets, and of those not heard."""
        readings = self.members.readings
        silent = sum(1 for r in readings.values() if r is None or r.on is None)
        return {"sockets": len(readings), "sockets_silent": silent}


class GroupStateSensor(GroupEntity, SensorEntity):
    """Whether a group is off, partly on or on."""

    @property
    @override
    def native_value(self) -> str | None:
        """The state of the sockets that are heard; None when none is."""
        states = {
            r.on for r in self.members.readings.values() if r and r.on is not None
        }
        if not states:
            return None
        return "partly_on" if len(states) > 1 else "on" if states.pop() else "off"
