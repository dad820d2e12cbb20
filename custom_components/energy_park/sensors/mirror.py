"""Sensors that tell how the mirror is doing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.helpers.typing import StateType

from ..entity import MirrorEntity
from ..mirror.errors import Problem
from ..mirror.mirror import MirrorStatus


@dataclass(frozen=True, kw_only=True)
class MirrorSensorDescription(SensorEntityDescription):
    """A sensor of the mirror."""

    value_fn: Callable[[MirrorStatus], StateType]


MIRROR_ROWS_WAITING = MirrorSensorDescription(
    key="rows_waiting",
    translation_key="mirror_rows_waiting",
    state_class=SensorStateClass.MEASUREMENT,
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda status: status.rows_waiting,
)
MIRROR_LAG = MirrorSensorDescription(
    key="lag",
    translation_key="mirror_lag",
    device_class=SensorDeviceClass.DURATION,
    native_unit_of_measurement=UnitOfTime.SECONDS,
    suggested_display_precision=0,
    state_class=SensorStateClass.MEASUREMENT,
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda status: round(status.lag_s),
)
MIRROR_ROWS_PER_MINUTE = MirrorSensorDescription(
    key="rows_per_minute",
    translation_key="mirror_rows_per_minute",
    state_class=SensorStateClass.MEASUREMENT,
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda status: status.rows_per_minute,
)
MIRROR_LAST_ERROR = MirrorSensorDescription(
    key="last_error",
    translation_key="mirror_last_error",
    device_class=SensorDeviceClass.ENUM,
    options=[
        Problem.UNREACHABLE,
        Problem.NOT_READY,
        Problem.TLS_REFUSED,
        Problem.CERTIFICATE,
        Problem.NOT_ADMITTED,
        Problem.WRONG_PASSWORD,
        Problem.NO_SUCH_DATABASE,
        Problem.NO_RIGHT,
        Problem.TOO_OLD,
        Problem.READ_ONLY,
        Problem.SCHEMA_MISSING,
        Problem.SERVER_FULL,
        Problem.SERVER_ERROR,
    ],
    entity_category=EntityCategory.DIAGNOSTIC,
    value_fn=lambda status: status.last_error,
)
MIRROR_SENSORS = (
    MIRROR_ROWS_WAITING,
    MIRROR_LAG,
    MIRROR_ROWS_PER_MINUTE,
    MIRROR_LAST_ERROR,
)


MIRROR_FILLED = SensorEntityDescription(
    key="filled",
    translation_key="mirror_filled",
    native_unit_of_measurement=PERCENTAGE,
    entity_category=EntityCategory.DIAGNOSTIC,
)


class MirrorSensor(MirrorEntity, SensorEntity):
    """One value of the mirror's state."""

    entity_description: MirrorSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """The value now."""
        return self.entity_description.value_fn(self.coordinator.data)


class FilledSensor(MirrorEntity, SensorEntity):
    """How much of what Home Assistant remembers was looked through for the mirror."""

    @property
    @override
    def native_value(self) -> int | None:
        """The percent of the entities; unknown before it begins."""
        filled = self.coordinator.filled
        return None if filled is None else filled.percent

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The rows that were found."""
        filled = self.coordinator.filled
        return {"rows": None if filled is None else filled.rows}
