"""What the sensors of a meter show of the load, and of what it may be."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfPower,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType

from ..park.meter_quality import imbalance, tan_phi
from ..tic.insight import MeterData


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a meter; it is added when its value is first known.

    ``exists_fn`` says it for one whose value is mostly unknown.
    """

    value_fn: Callable[[MeterData], StateType | datetime]
    attributes_fn: Callable[[MeterData], dict[str, Any]] | None = None
    exists_fn: Callable[[MeterData], bool] | None = None

    def exists(self, data: MeterData) -> bool:
        """Whether the meter has such a value."""
        if self.exists_fn is not None:
            return self.exists_fn(data)
        return self.value_fn(data) is not None


@dataclass(frozen=True, kw_only=True)
class PhaseSensorDescription(SensorEntityDescription):
    """A sensor of each phase of a three-phase meter, counted from 0."""

    value_fn: Callable[[MeterData, int], StateType]


LOAD_SENSORS = (
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
        key="power",
        translation_key="grid_power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda data: data.reading.power_w,
        attributes_fn=lambda data: {
            "uncertainty": data.reading.power_uncertainty_w,
            "estimated": data.reading.power_estimated,
        },
    ),
    MeterSensorDescription(
        key="power_factor",
        translation_key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda data: data.reading.power_factor,
        attributes_fn=lambda data: {
            "uncertainty": data.reading.power_factor_uncertainty
        },
    ),
    MeterSensorDescription(
        key="tan_phi",
        translation_key="tan_phi",
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        entity_registry_enabled_default=False,
        value_fn=lambda data: tan_phi(data.reading),
    ),
    MeterSensorDescription(
        key="phase_imbalance",
        translation_key="phase_imbalance",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
        value_fn=lambda data: imbalance(data.reading),
    ),
    MeterSensorDescription(
        key="mean_voltage",
        translation_key="mean_voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.reading.mean_voltage_v,
    ),
    MeterSensorDescription(
        key="cut_off_power",
        translation_key="cut_off_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda data: data.reading.cut_off_power_va,
    ),
    MeterSensorDescription(
        key="max_power",
        translation_key="max_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        value_fn=lambda data: data.reading.max_power_va,
        attributes_fn=lambda data: {"at": data.reading.max_power_at},
    ),
    MeterSensorDescription(
        key="max_power_yesterday",
        translation_key="max_power_yesterday",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.reading.max_power_yesterday_va,
        attributes_fn=lambda data: {"at": data.reading.max_power_yesterday_at},
    ),
    MeterSensorDescription(
        key="load_curve",
        translation_key="load_curve",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda data: data.reading.load_curve_w,
        attributes_fn=lambda data: {"at": data.reading.load_curve_at},
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
        exists_fn=lambda data: bool(data.trip.phases),
        value_fn=lambda data: data.trip.time_to_trip_s,
        attributes_fn=lambda data: {"phase": data.trip.worst_phase},
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
    PhaseSensorDescription(
        key="phase_headroom_current",
        translation_key="phase_headroom_current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda data, phase: (
            data.trip.phases[phase].headroom_a if data.trip.phases else None
        ),
    ),
)
