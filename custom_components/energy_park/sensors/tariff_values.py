"""What the sensors of a meter show of energy, tariffs and costs."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import EntityCategory, UnitOfEnergy, UnitOfReactiveEnergy

from ..model import DayColor, Tariff
from ..park.cost import Cost, EnergyCost
from .meter_values import MeterSensorDescription


@dataclass(frozen=True, kw_only=True)
class CostSensorDescription(SensorEntityDescription):
    """A sensor of what a meter's energy has cost."""

    cost_fn: Callable[[EnergyCost], Cost]


TARIFF_SENSORS = (
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
