"""Sensors of a meter."""

from collections.abc import Callable
from dataclasses import dataclass
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
)
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from ..coordinator import MeterCoordinator
from ..entity import MeterEntity
from ..model import MeterReading, Tariff
from .follow import follow


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a meter; it is added when its value is first known."""

    value_fn: Callable[[MeterReading], StateType]


METER_SENSORS = (
    MeterSensorDescription(
        key="apparent_power",
        translation_key="apparent_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.apparent_power_va,
    ),
    MeterSensorDescription(
        key="injected_power",
        translation_key="injected_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.injected_power_va,
    ),
    MeterSensorDescription(
        key="current",
        translation_key="current",
        device_class=SensorDeviceClass.CURRENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.current_a,
    ),
    MeterSensorDescription(
        key="voltage",
        translation_key="voltage",
        device_class=SensorDeviceClass.VOLTAGE,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.voltage_v,
    ),
    MeterSensorDescription(
        key="subscribed_power",
        translation_key="subscribed_power",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: reading.subscribed_power_va,
    ),
    MeterSensorDescription(
        key="headroom",
        translation_key="headroom",
        device_class=SensorDeviceClass.APPARENT_POWER,
        native_unit_of_measurement=UnitOfApparentPower.VOLT_AMPERE,
        state_class=SensorStateClass.MEASUREMENT,
        value_fn=lambda reading: reading.headroom_va,
    ),
    MeterSensorDescription(
        key="headroom_percent",
        translation_key="headroom_percent",
        native_unit_of_measurement=PERCENTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        suggested_display_precision=0,
        value_fn=lambda reading: reading.headroom_percent,
    ),
    MeterSensorDescription(
        key="energy_drawn",
        translation_key="energy_drawn",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda reading: reading.energy_drawn_wh,
    ),
    MeterSensorDescription(
        key="energy_injected",
        translation_key="energy_injected",
        device_class=SensorDeviceClass.ENERGY,
        native_unit_of_measurement=UnitOfEnergy.WATT_HOUR,
        suggested_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=3,
        state_class=SensorStateClass.TOTAL_INCREASING,
        value_fn=lambda reading: reading.energy_injected_wh,
    ),
    MeterSensorDescription(
        key="tariff",
        translation_key="tariff",
        device_class=SensorDeviceClass.ENUM,
        options=[tariff.value for tariff in Tariff],
        value_fn=lambda reading: reading.tariff,
    ),
    MeterSensorDescription(
        key="tariff_label",
        translation_key="tariff_label",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: reading.tariff_label,
    ),
    MeterSensorDescription(
        key="contract",
        translation_key="contract",
        entity_category=EntityCategory.DIAGNOSTIC,
        value_fn=lambda reading: reading.contract,
    ),
)


@callback
def follow_meter(
    meter: MeterCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add each sensor of a meter when its value is first known."""
    added: set[str] = set()

    @callback
    def async_look() -> None:
        if (reading := meter.data) is None:
            return
        found: list[SensorEntity] = [
            MeterSensor(meter, description)
            for description in METER_SENSORS
            if description.key not in added
            and description.value_fn(reading) is not None
        ]
        found.extend(
            IndexSensor(meter, label)
            for label in reading.indexes_wh
            if index_key(label) not in added
        )
        if found:
            added.update(entity.entity_description.key for entity in found)
            add(found, config_subentry_id=subentry_id)

    follow(meter, async_look)


class MeterSensor(MeterEntity, SensorEntity):
    """A value of a meter."""

    entity_description: MeterSensorDescription

    @property
    @override
    def native_value(self) -> StateType:
        """The value in the latest reading."""
        return self.entity_description.value_fn(self.reading)


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
