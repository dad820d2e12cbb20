"""What the sensors of a meter show."""

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
    UnitOfEnergy,
    UnitOfPower,
    UnitOfReactiveEnergy,
    UnitOfTime,
)
from homeassistant.helpers.typing import StateType

from ..model import DayColor, Tariff
from ..park.cost import Cost, EnergyCost
from ..tic.insight import MeterData
from ..tic.quality import LinkQuality


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


@dataclass(frozen=True, kw_only=True)
class QualitySensorDescription(SensorEntityDescription):
    """A sensor of the link to a meter."""

    value_fn: Callable[[LinkQuality, datetime], StateType | datetime]


@dataclass(frozen=True, kw_only=True)
class CostSensorDescription(SensorEntityDescription):
    """A sensor of what a meter's energy has cost."""

    cost_fn: Callable[[EnergyCost], Cost]


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
        key="next_tariff_at",
        translation_key="next_tariff_at",
        device_class=SensorDeviceClass.TIMESTAMP,
        value_fn=lambda data: data.reading.next_tariff_at,
    ),
    MeterSensorDescription(
        key="next_tariff",
        translation_key="next_tariff",
        device_class=SensorDeviceClass.ENUM,
        options=[tariff.value for tariff in Tariff],
        value_fn=lambda data: data.reading.next_tariff,
    ),
    MeterSensorDescription(
        key="color_today",
        translation_key="color_today",
        device_class=SensorDeviceClass.ENUM,
        options=[color.value for color in DayColor],
        value_fn=lambda data: data.reading.color_today,
    ),
    MeterSensorDescription(
        key="color_tomorrow",
        translation_key="color_tomorrow",
        device_class=SensorDeviceClass.ENUM,
        options=[color.value for color in DayColor],
        exists_fn=lambda data: data.reading.color_today is not None,
        value_fn=lambda data: data.reading.color_tomorrow,
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

REACTIVE_ENERGY = SensorEntityDescription(
    key="reactive_energy",
    translation_key="reactive_energy",
    device_class=SensorDeviceClass.REACTIVE_ENERGY,
    native_unit_of_measurement=UnitOfReactiveEnergy.VOLT_AMPERE_REACTIVE_HOUR,
    state_class=SensorStateClass.TOTAL_INCREASING,
    entity_registry_enabled_default=False,
)

# Costs go down when energy is given a negative price: they are totals, not counters.
COST_SENSORS = (
    CostSensorDescription(
        key="cost",
        translation_key="cost",
        device_class=SensorDeviceClass.MONETARY,
        state_class=SensorStateClass.TOTAL,
        suggested_display_precision=2,
        cost_fn=lambda cost: cost.total,
    ),
    CostSensorDescription(
        key="cost_today",
        translation_key="cost_today",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        cost_fn=lambda cost: cost.today,
    ),
    CostSensorDescription(
        key="cost_month",
        translation_key="cost_month",
        device_class=SensorDeviceClass.MONETARY,
        suggested_display_precision=2,
        cost_fn=lambda cost: cost.month,
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
