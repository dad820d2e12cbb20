"""Sensors of a meter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfTime,
)
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..coordinator import MeterCoordinator
from ..entity import MeterEntity
from ..model import Tariff
from ..tic.insight import MeterData
from ..tic.quality import LinkQuality
from .follow import follow


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a meter; it is added when its value is first known.

    ``always`` adds one whose value is mostly unknown.
    """

    value_fn: Callable[[MeterData], StateType]
    always: bool = False


@dataclass(frozen=True, kw_only=True)
class PhaseSensorDescription(SensorEntityDescription):
    """A sensor of each phase of a three-phase meter, counted from 0."""

    value_fn: Callable[[MeterData, int], StateType]


@dataclass(frozen=True, kw_only=True)
class QualitySensorDescription(SensorEntityDescription):
    """A sensor of the link to a meter."""

    value_fn: Callable[[LinkQuality, datetime], StateType | datetime]


METER_SENSORS = (
    MeterSensorDescription(
        key="apparent_power",
        translation_key="apparent_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.reading.apparent_power_va,
    ),
    MeterSensorDescription(
        key="injected_power",
        translation_key="injected_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.reading.injected_power_va,
    ),
    MeterSensorDescription(
        key="current",
        translation_key="current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.reading.current_a,
    ),
    MeterSensorDescription(
        key="voltage",
        translation_key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.reading.voltage_v,
    ),
    MeterSensorDescription(
        key="subscribed_power",
        translation_key="subscribed_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.reading.subscribed_power_va,
    ),
    MeterSensorDescription(
        key="headroom",
        translation_key="headroom",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data: data.reading.headroom_va,
    ),
    MeterSensorDescription(
        key="headroom_percent",
        translation_key="headroom_percent",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda data: data.reading.headroom_percent,
    ),
    MeterSensorDescription(
        key="headroom_current",
        translation_key="headroom_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda data: data.trip.headroom_a,
    ),
    MeterSensorDescription(
        key="time_to_trip",
        translation_key="time_to_trip",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        always=True,
        value_fn=lambda data: data.trip.time_to_trip_s,
    ),
    MeterSensorDescription(
        key="trip_margin",
        translation_key="trip_margin",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda data: data.trip.trip_margin_percent,
    ),
    MeterSensorDescription(
        key="trip_model_deviation",
        translation_key="trip_model_deviation",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.trip.deviation_percent,
    ),
    MeterSensorDescription(
        key="energy_drawn",
        translation_key="energy_drawn",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda data: data.reading.energy_drawn_wh,
    ),
    MeterSensorDescription(
        key="energy_injected",
        translation_key="energy_injected",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda data: data.reading.energy_injected_wh,
    ),
    MeterSensorDescription(
        key="tariff",
        translation_key="tariff",
        device_class=SensorDeviceClass.ENUM,
        options=[tariff.value for tariff in Tariff],
        value_fn=lambda data: data.reading.tariff,
    ),
    MeterSensorDescription(
        key="tariff_label",
        translation_key="tariff_label",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.reading.tariff_label,
    ),
    MeterSensorDescription(
        key="contract",
        translation_key="contract",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.reading.contract,
    ),
)

PHASE_SENSORS = (
    PhaseSensorDescription(
        key="phase_power",
        translation_key="phase_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data, phase: data.reading.phases[phase].apparent_power_va,
    ),
    PhaseSensorDescription(
        key="phase_current",
        translation_key="phase_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data, phase: data.reading.phases[phase].current_a,
    ),
    PhaseSensorDescription(
        key="phase_voltage",
        translation_key="phase_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda data, phase: data.reading.phases[phase].voltage_v,
    ),
    PhaseSensorDescription(
        key="phase_headroom",
        translation_key="phase_headroom",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda data, phase: (
            data.trip.phases[phase].headroom_va if data.trip.phases else None
        ),
    ),
)

QUALITY_SENSORS = (
    QualitySensorDescription(
        key="frames_per_hour",
        translation_key="frames_per_hour",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=LinkQuality.frames_per_hour,
    ),
    QualitySensorDescription(
        key="rejects_per_hour",
        translation_key="rejects_per_hour",
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=LinkQuality.rejects_per_hour,
    ),
    QualitySensorDescription(
        key="last_frame",
        translation_key="last_frame",
        device_class=SensorDeviceClass.TIMESTAMP,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
        value_fn=lambda quality, _now: quality.last_frame_at,
    ),
)


@callback
def follow_meter(
    meter: MeterCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add each sensor of a meter when its value is first known."""
    added: set[str] = set()
    add(
        (QualitySensor(meter, description) for description in QUALITY_SENSORS),
        config_subentry_id=subentry_id,
    )

    @callback
    def async_look() -> None:
        if meter.data is None:
            return
        found = {
            key: make
            for key, make in _known_sensors(meter, meter.data)
            if key not in added
        }
        if found:
            added.update(found)
            add((make() for make in found.values()), config_subentry_id=subentry_id)

    follow(meter, async_look)


def _known_sensors(
    meter: MeterCoordinator, data: MeterData
) -> Iterator[tuple[str, Callable[[], SensorEntity]]]:
    """Yield the keys of the sensors whose values are known, and how to make them."""
    for description in METER_SENSORS:
        if description.always or description.value_fn(data) is not None:
            yield description.key, partial(MeterSensor, meter, description)
    for label in data.reading.indexes_wh:
        yield index_key(label), partial(IndexSensor, meter, label)
    for phase in range(len(data.reading.phases)):
        for of_phase in PHASE_SENSORS:
            if of_phase.value_fn(data, phase) is not None:
                yield (
                    phase_key(of_phase, phase),
                    partial(PhaseSensor, meter, of_phase, phase),
                )


class MeterSensor(MeterEntity, SensorEntity):
    """A value of a meter."""

    entity_description: MeterSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """The value in the latest reading."""
        return self.entity_description.value_fn(self.data)


def index_key(label: str) -> str:
    """Return the key of the sensor of a meter's index."""
    return f"index_{label.lower()}"


class IndexSensor(MeterEntity, SensorEntity):
    """One energy index of a meter."""

    def __init__(self, coordinator: MeterCoordinator, label: str) -> None:
        """Describe the index by the meter's own label."""
        super().__init__(
            coordinator,
            SensorEntityDescription(
                key=index_key(label),
                translation_key="index",
                device_class=SensorDeviceClass.ENERGY,
                native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
                suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
                suggested_display_precision=3,
                state_class=SensorStateClass.TOTAL_INCREASING,
            ),
        )
        self._label = label
        self._attr_translation_placeholders = {"label": label}

    @property
    @override
    def native_value(self) -> int | None:
        """The index in the latest reading."""
        return self.reading.indexes_wh.get(self._label)


def phase_key(description: PhaseSensorDescription, phase: int) -> str:
    """Return the key of the sensor of a phase, which people count from 1."""
    return f"{description.key}_{phase + 1}"


class PhaseSensor(MeterEntity, SensorEntity):
    """A value of one phase of a meter."""

    entity_description: PhaseSensorDescription

    def __init__(
        self,
        coordinator: MeterCoordinator,
        description: PhaseSensorDescription,
        phase: int,
    ) -> None:
        """Describe the value of this phase."""
        super().__init__(
            coordinator,
            replace(
                description,
                key=phase_key(description, phase),
                translation_placeholders={"phase": str(phase + 1)},
            ),
        )
        self._phase = phase

    @property
    @override
    def native_value(self) -> StateType:
        """The value in the latest reading; a short frame may know no phases."""
        if not self.reading.phases:
            return None
        return self.entity_description.value_fn(self.data, self._phase)


class QualitySensor(MeterEntity, SensorEntity):
    """How well the meter is heard."""

    entity_description: QualitySensorDescription

    @property
    @override
    def available(self) -> bool:
        """This is known when nothing else is."""
        return True

    @property
    @override
    def native_value(self) -> StateType | datetime:
        """The value now."""
        return self.entity_description.value_fn(
            self.coordinator.quality, dt_util.utcnow()
        )
