"""Sensors of a sector or of the whole park."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfPower

from ..entity import GroupEntity
from ..park.energy import sum_power

GROUP_POWER = SensorEntityDescription(
    key="power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
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
        return sum_power(self.readings().values()).power_w

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How many of the sockets the sum holds."""
        power = sum_power(self.readings().values())
        return {"sockets_measured": power.measured, "sockets": power.total}


class GroupEnergySensor(GroupEntity, SensorEntity):
    """What the sockets of a group drew since they belong to it."""

    @property
    @override
    def native_value(self) -> float:
        """The total kept in the energy book."""
        return self.members.entry.runtime_data.energy.group_wh(self.members.energy_id)


class SocketsOnSensor(GroupEntity, SensorEntity):
    """How many sockets of a group are on."""

    @property
    @override
    def native_value(self) -> int:
        """The number of sockets that are known to be on."""
        return sum(1 for r in self.readings().values() if r is not None and r.on)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The number of sockets, and of those not heard."""
        readings = self.readings()
        silent = sum(1 for r in readings.values() if r is None or r.on is None)
        return {"sockets": len(readings), "sockets_silent": silent}


class GroupStateSensor(GroupEntity, SensorEntity):
    """Whether a group is off, partly on or on."""

    @property
    @override
    def native_value(self) -> str | None:
        """The state of the sockets that are heard; None when none is."""
        states = {r.on for r in self.readings().values() if r and r.on is not None}
        if not states:
            return None
        return "partly_on" if len(states) > 1 else "on" if states.pop() else "off"
