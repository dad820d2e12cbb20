"""Sensors of the shedding behind a meter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfPower, UnitOfTime
from homeassistant.helpers.typing import StateType

from ..control.shedding.shedding import Shedding
from ..control.shedding.sight import Status
from ..entity import SheddingEntity


@dataclass(frozen=True, kw_only=True)
class SheddingSensorDescription(SensorEntityDescription):
    """A sensor of shedding: its value and what belongs to it."""

    value_fn: Callable[[Shedding], StateType]
    attributes_fn: Callable[[Shedding], Mapping[str, Any] | None]


def _status(shedding: Shedding) -> Mapping[str, Any]:
    decision, names = shedding.decision, shedding.loads.sockets
    return {
        "reason": shedding.sight.cause,
        "protecting": shedding.danger.protecting,
        "seconds_left": None
        if shedding.danger.left_s is None
        else round(shedding.danger.left_s),
        "ready": [names[load].name for load in shedding.danger.ready],
        "enough": decision.enough,
        "shed": [
            {
                "socket": names[load].name,
                "socket_id": load,
                "power": round(shed.power_w),
                "reason": shed.cause.value,
                "since": shed.at,
                "until": shed.until,
            }
            for load, shed in shedding.state.shed.items()
        ],
    }


def _next_shed(shedding: Shedding) -> str | None:
    socket = shedding.sight.next_shed()
    return None if socket is None else socket.name


def _next_shed_attributes(shedding: Shedding) -> Mapping[str, Any]:
    if (socket := shedding.sight.next_shed()) is None:
        return dict.fromkeys(("socket_id", "priority", "power"))
    load = shedding.loads.loads[socket.id]
    return {
        "socket_id": socket.id,
        "priority": load.priority,
        "power": None if load.draw_w is None else round(load.draw_w),
    }


def _next_restored(shedding: Shedding) -> str | None:
    found = shedding.sight.next_return()
    return None if found is None else shedding.loads.sockets[found.load].name


def _next_restored_attributes(shedding: Shedding) -> Mapping[str, Any]:
    if (found := shedding.sight.next_return()) is None:
        return dict.fromkeys(("socket_id", "waits", "not_before"))
    return {
        "socket_id": found.load,
        "waits": found.waits,
        "not_before": found.not_before,
    }


def _longest_off(shedding: Shedding) -> float:
    return shedding.memory.longest_off.lasted // timedelta(minutes=1)


def _longest_off_attributes(shedding: Shedding) -> Mapping[str, Any]:
    socket = shedding.memory.longest_off.socket
    known = shedding.loads.sockets.get(socket) if socket else None
    return {"socket_id": socket, "socket": None if known is None else known.name}


SHEDDING_SENSORS = (
    SheddingSensorDescription(
        key="shedding",
        translation_key="shedding",
        device_class=SensorDeviceClass.ENUM,
        options=[status.value for status in Status],
        value_fn=lambda shedding: shedding.sight.status,
        attributes_fn=_status,
    ),
    SheddingSensorDescription(
        key="shed_power",
        translation_key="shed_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda shedding: shedding.state.shed_w,
        attributes_fn=lambda _: None,
    ),
    SheddingSensorDescription(
        key="longest_off",
        translation_key="longest_off",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        value_fn=_longest_off,
        attributes_fn=_longest_off_attributes,
    ),
    SheddingSensorDescription(
        key="next_shed",
        translation_key="next_shed",
        value_fn=_next_shed,
        attributes_fn=_next_shed_attributes,
    ),
    SheddingSensorDescription(
        key="next_restored",
        translation_key="next_restored",
        value_fn=_next_restored,
        attributes_fn=_next_restored_attributes,
    ),
)


class SheddingSensor(SheddingEntity, SensorEntity):
    """A value of the shedding behind a meter."""

    entity_description: SheddingSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """The value after the latest decision."""
        return self.entity_description.value_fn(self.shedding)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any] | None:
        """What belongs to the value."""
        return self.entity_description.attributes_fn(self.shedding)
