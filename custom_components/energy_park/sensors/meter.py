"""Sensors of a meter."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import UnitOfEnergy
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..const import CONF_RADIO
from ..entity import MeterEntity
from ..meter_coordinator import MeterCoordinator
from ..park.cost import Cost
from ..presence import follow
from ..tic.insight import MeterData
from ..tic.radio import RadioLink
from .link_values import PACKETS_LOST, QUALITY_SENSORS, QualitySensorDescription
from .meter_values import (
    LOAD_SENSORS,
    PHASE_SENSORS,
    MeterSensorDescription,
    PhaseSensorDescription,
)
from .tariff_values import (
    COST_SENSORS,
    REACTIVE_ENERGY,
    TARIFF_SENSORS,
    CostSensorDescription,
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

    if CONF_RADIO in meter.subentry.data:
        add([PacketsLostSensor(meter, PACKETS_LOST)], config_subentry_id=subentry_id)

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
    for description in (*LOAD_SENSORS, *TARIFF_SENSORS):
        if description.exists(data):
            yield description.key, partial(MeterSensor, meter, description)
    for label in data.reading.indexes_wh:
        yield index_key(label), partial(IndexSensor, meter, label)
    if meter.billing.has_prices:
        for cost in COST_SENSORS:
            yield cost.key, partial(CostSensor, meter, cost)
    for label in data.reading.reactive_energies_varh:
        yield label.lower(), partial(ReactiveEnergySensor, meter, label)
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
    def native_value(self) -> StateType | datetime:
        """The value in the latest reading."""
        return self.entity_description.value_fn(self.data)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """What belongs to the value."""
        if self.entity_description.attributes_fn is None:
            return None
        return self.entity_description.attributes_fn(self.data)


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
        self._names = coordinator.insight.interpreter.names
        # The name is learnt while the index counts; HA keeps the one it starts with.
        self._attr_translation_placeholders = {
            "label": self._names.name(label) or label
        }

    @property
    @override
    def native_value(self) -> int | None:
        """The index in the latest reading."""
        return self.reading.indexes_wh.get(self._label)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """What the index is called, by the meter and by its tariff."""
        return {
            "label": self._label,
            "supplier_name": self._names.name(self._label),
            "tariff": self._names.tariff(self._label),
        }


class CostSensor(MeterEntity, SensorEntity):
    """What the energy drawn has cost in a time."""

    entity_description: CostSensorDescription

    def __init__(
        self, coordinator: MeterCoordinator, description: CostSensorDescription
    ) -> None:
        """Tell it in the house's currency."""
        super().__init__(coordinator, description)
        self._attr_native_unit_of_measurement = coordinator.hass.config.currency

    @property
    @override
    def native_value(self) -> float:
        """The cost of the energy that had a price."""
        return self._cost.eur

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """The energy that had none."""
        return {"unpriced_kwh": self._cost.unpriced_wh / 1000}

    @property
    def _cost(self) -> Cost:
        return self.entity_description.cost_fn(self.coordinator.billing.cost)


class ReactiveEnergySensor(MeterEntity, SensorEntity):
    """The reactive energy of one quadrant."""

    def __init__(self, coordinator: MeterCoordinator, label: str) -> None:
        """Describe the register by the meter's own label."""
        super().__init__(coordinator, replace(REACTIVE_ENERGY, key=label.lower()))
        self._label = label
        self._attr_translation_placeholders = {"label": label}

    @property
    @override
    def native_value(self) -> int | None:
        """The register in the latest reading."""
        return self.reading.reactive_energies_varh.get(self._label)


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
        return self.entity_description.value_fn(self.coordinator, dt_util.utcnow())

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        """What belongs to the value."""
        if self.entity_description.attributes_fn is None:
            return None
        return self.entity_description.attributes_fn(self.coordinator)


class PacketsLostSensor(MeterEntity, SensorEntity):
    """The share of the radio's packets that were lost since the link was opened."""

    @property
    @override
    def native_value(self) -> float | None:
        """The share; None where the transmitter does not number its packets."""
        link = self.coordinator.link
        if not isinstance(link, RadioLink) or (lost := link.radio.lost) is None:
            return None
        sent = lost + link.radio.taken
        return 100 * lost / sent if sent else None
