"""What the sensors of the link to a meter show: how well it is heard."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import PERCENTAGE, EntityCategory
from homeassistant.helpers.typing import StateType

from ..meter_coordinator import MeterCoordinator
from ..tic.limits import Cause


@dataclass(frozen=True, kw_only=True)
class QualitySensorDescription(SensorEntityDescription):
    """A sensor of the link to a meter."""

    value_fn: Callable[[MeterCoordinator, datetime], StateType | datetime]
    attributes_fn: Callable[[MeterCoordinator], dict[str, Any]] | None = None


def _refuted(meter: MeterCoordinator) -> Mapping[Cause, int]:
    """Return how many values the meter cannot have meant, by what told."""
    return meter.insight.interpreter.counters


QUALITY_SENSORS = (
    QualitySensorDescription(
        key="frames_per_hour",
        translation_key="frames_per_hour",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda meter, now: meter.quality.frames_per_hour(now),
    ),
    QualitySensorDescription(
        key="rejects_per_hour",
        translation_key="rejects_per_hour",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda meter, now: meter.quality.rejects_per_hour(now),
    ),
    QualitySensorDescription(
        key="last_frame",
        translation_key="last_frame",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda meter, _now: meter.quality.last_frame_at,
    ),
    QualitySensorDescription(
        key="refuted_values",
        translation_key="refuted_values",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda meter, _now: sum(_refuted(meter).values()),
        attributes_fn=lambda meter: {"causes": _refuted(meter)},
    ),
)

PACKETS_LOST = SensorEntityDescription(
    key="packets_lost",
    translation_key="packets_lost",
    native_unit_of_measurement=PERCENTAGE,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=1,
    entity_category=EntityCategory.DIAGNOSTIC,
)
