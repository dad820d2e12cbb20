"""What the sensors of a socket show."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import (
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactivePower,
)

from ..model import Reason, SocketReading
from ..park.periods import Period, PeriodEnergy
from ..park.standby import Band


@dataclass(frozen=True, kw_only=True)
class SocketSensorDescription(SensorEntityDescription):
    """A measured value of a socket; it is added when the plug first gives it."""

    value_fn: Callable[[SocketReading], float | None]


@dataclass(frozen=True, kw_only=True)
class PeriodSensorDescription(SensorEntityDescription):
    """The energy of a period."""

    period_fn: Callable[[PeriodEnergy], Period | None]


def energy_of(period: Period | None) -> float | None:
    """Return the energy of a period; None before it was seen."""
    return None if period is None else period.energy_wh


SOCKET_SENSORS = (
    SocketSensorDescription(
        key="power",
        device_class=SensorDeviceClass.POWER,
        native_unit_of_measurement=UnitOfPower.WATT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        value_fn=lambda reading: reading.power_w,
    ),
    SocketSensorDescription(
        key="current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda reading: reading.current_a,
    ),
    SocketSensorDescription(
        key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda reading: reading.voltage_v,
    ),
    SocketSensorDescription(
        key="power_factor",
        device_class=SensorDeviceClass.POWER_FACTOR,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=2,
        value_fn=lambda reading: reading.power_factor,
    ),
    SocketSensorDescription(
        key="apparent_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.apparent_power_va,
    ),
    SocketSensorDescription(
        key="reactive_power",
        device_class=SensorDeviceClass.REACTIVE_POWER,
        native_unit_of_measurement=UnitOfReactivePower.VOLT_AMPERE_REACTIVE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.reactive_power_var,
    ),
    SocketSensorDescription(
        key="frequency",
        device_class=SensorDeviceClass.FREQUENCY,
        native_unit_of_measurement=UnitOfFrequency.HERTZ,
        state_class=SensorStateClass.MEASUREMENT,
        entity_registry_enabled_default=False,
        value_fn=lambda reading: reading.frequency_hz,
    ),
)

ENERGY = SensorEntityDescription(
    key="energy",
    device_class=SensorDeviceClass.ENERGY,
    native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
    suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
    suggested_display_precision=3,
    state_class=SensorStateClass.TOTAL_INCREASING,
)
PERIODS = (
    PeriodSensorDescription(
        key="energy_today",
        translation_key="energy_today",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        period_fn=lambda energy: energy.today,
    ),
    PeriodSensorDescription(
        key="energy_month",
        translation_key="energy_month",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        period_fn=lambda energy: energy.month,
    ),
)
# Two more a socket are many in a large park: its sectors show them anyway.
SOCKET_PERIODS = tuple(
    replace(period, entity_registry_enabled_default=False) for period in PERIODS
)
REASON = SensorEntityDescription(
    key="reason",
    translation_key="reason",
    device_class=SensorDeviceClass.ENUM,
    options=[reason.value for reason in Reason],
    entity_category=EntityCategory.DIAGNOSTIC,
)

COUNTER_FAULTS = SensorEntityDescription(
    key="counter_faults",
    translation_key="counter_faults",
    state_class=SensorStateClass.TOTAL_INCREASING,
    entity_category=EntityCategory.DIAGNOSTIC,
    entity_registry_enabled_default=False,
)

BAND = SensorEntityDescription(
    key="band",
    translation_key="band",
    device_class=SensorDeviceClass.ENUM,
    options=[band.value for band in Band if band is not Band.UNKNOWN],
)
