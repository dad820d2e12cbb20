"""Sensors of meters, sockets, sectors and the park."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfApparentPower,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfFrequency,
    UnitOfPower,
    UnitOfReactivePower,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.typing import StateType

from .coordinator import EnergyParkConfigEntry, MeterCoordinator, PlugCoordinator
from .entity import GroupEntity, MeterEntity, SocketEntity, groups
from .model import MeterReading, Reason, SocketReading, Tariff
from .park.arbiter import SocketState
from .park.energy import sum_power

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class MeterSensorDescription(SensorEntityDescription):
    """A sensor of a meter; it is added when its value is first known."""

    value_fn: Callable[[MeterReading], StateType]


@dataclass(frozen=True, kw_only=True)
class SocketSensorDescription(SensorEntityDescription):
    """A measured value of a socket; it is added when the plug first gives it."""

    value_fn: Callable[[SocketReading], float | None]


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
REASON = SensorEntityDescription(
    key="reason",
    translation_key="reason",
    device_class=SensorDeviceClass.ENUM,
    options=[reason.value for reason in Reason],
    entity_category=EntityCategory.DIAGNOSTIC,
)
GROUP_POWER = SensorEntityDescription(
    key="power",
    device_class=SensorDeviceClass.POWER,
    native_unit_of_measurement=UnitOfPower.WATT,
    state_class=SensorStateClass.MEASUREMENT,
    suggested_display_precision=0,
)
SOCKETS_ON = SensorEntityDescription(
    key="sockets_on",
    translation_key="sockets_on",
    state_class=SensorStateClass.MEASUREMENT,
)
GROUP_STATE = SensorEntityDescription(
    key="state",
    translation_key="group_state",
    device_class=SensorDeviceClass.ENUM,
    options=["off", "partly_on", "on"],
)


async def async_setup_entry(
    hass: HomeAssistant,
    entry: EnergyParkConfigEntry,
    async_add_entities: AddConfigEntryEntitiesCallback,
) -> None:
    """Add what is always there; the rest is added when it is first measured."""
    for subentry_id, meter in entry.runtime_data.meters.items():
        _follow_meter(meter, subentry_id, async_add_entities)
    for subentry_id, plug in entry.runtime_data.plugs.items():
        async_add_entities(
            (ReasonSensor(plug, socket, REASON) for socket in plug.plug.sockets),
            config_subentry_id=subentry_id,
        )
        _follow_plug(plug, subentry_id, async_add_entities)
    for group in groups(entry):
        async_add_entities(
            [
                GroupPowerSensor(group, GROUP_POWER),
                GroupEnergySensor(group, ENERGY),
                SocketsOnSensor(group, SOCKETS_ON),
                GroupStateSensor(group, GROUP_STATE),
            ],
            config_subentry_id=group.sector_id,
        )


@callback
def _follow_meter(
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

    _follow(meter, async_look)


@callback
def _follow_plug(
    plug: PlugCoordinator, subentry_id: str, add: AddConfigEntryEntitiesCallback
) -> None:
    """Add each measurement of a plug's sockets when it is first given."""
    added: set[tuple[str, str]] = set()

    @callback
    def async_look() -> None:
        found: list[SensorEntity] = []
        for socket in plug.plug.sockets:
            if (reading := plug.reading(socket)) is None:
                continue
            for description in SOCKET_SENSORS:
                key = (socket.id, description.key)
                if key not in added and description.value_fn(reading) is not None:
                    added.add(key)
                    found.append(SocketSensor(plug, socket, description))
            key = (socket.id, ENERGY.key)
            if key not in added and reading.energy_wh is not None:
                added.add(key)
                found.append(SocketEnergySensor(plug, socket, ENERGY))
        if found:
            add(found, config_subentry_id=subentry_id)

    _follow(plug, async_look)


@callback
def _follow(
    coordinator: MeterCoordinator | PlugCoordinator, look: Callable[[], None]
) -> None:
    """Look at each reading until the park unloads.

    A sensor added while its platform goes would stay and keep its unique id.
    """
    entry = coordinator.config_entry

    @callback
    def async_update() -> None:
        if entry.state is not ConfigEntryState.UNLOAD_IN_PROGRESS:
            look()

    entry.async_on_unload(coordinator.async_add_listener(async_update))


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


class SocketSensor(SocketEntity, SensorEntity):
    """A measured value of a socket."""

    entity_description: SocketSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The value in the latest poll."""
        if self.reading is None:
            return None
        return self.entity_description.value_fn(self.reading)


class SocketEnergySensor(SocketEntity, SensorEntity):
    """A socket's energy total, which survives the device's resets."""

    @property
    @override
    def native_value(self) -> float | None:
        """The total kept in the energy book."""
        return self.coordinator.config_entry.runtime_data.energy.socket_wh(
            self.socket.id
        )


class ReasonSensor(SocketEntity, SensorEntity):
    """Why a socket is in its state."""

    @property
    @override
    def available(self) -> bool:
        """The reason is known even while the plug is not heard."""
        return True

    @property
    @override
    def native_value(self) -> str:
        """The reason of the winning order."""
        return self._state.reason

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """What is wanted, until when, and why the last order was refused."""
        state = self._state
        return {
            "wanted": state.wanted,
            "since": state.since,
            "until": state.until,
            "refused": state.refused,
        }

    @property
    def _state(self) -> SocketState:
        return self.switchboard.memory(self.socket).state


class GroupPowerSensor(GroupEntity, SensorEntity):
    """The power of a group: the sum of what is measured, and its coverage."""

    @property
    @override
    def native_value(self) -> float | None:
        """The sum of the known powers."""
        return sum_power(self.readings().values()).power_w

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How many of the sockets the sum holds."""
        power = sum_power(self.readings().values())
        return {"sockets_measured": power.measured, "sockets": power.total}


class GroupEnergySensor(GroupEntity, SensorEntity):
    """What the sockets of a group drew since they belong to it."""

    @property
    @override
    def native_value(self) -> float:
        """The total kept in the energy book."""
        return self.members.entry.runtime_data.energy.group_wh(self.members.energy_id)


class SocketsOnSensor(GroupEntity, SensorEntity):
    """How many sockets of a group are on."""

    @property
    @override
    def native_value(self) -> int:
        """The number of sockets that are known to be on."""
        return sum(1 for r in self.readings().values() if r is not None and r.on)

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """The number of sockets, and of those not heard."""
        readings = self.readings()
        silent = sum(1 for r in readings.values() if r is None or r.on is None)
        return {"sockets": len(readings), "sockets_silent": silent}


class GroupStateSensor(GroupEntity, SensorEntity):
    """Whether a group is off, partly on or on."""

    @property
    @override
    def native_value(self) -> str | None:
        """The state of the sockets that are heard; None when none is."""
        states = {r.on for r in self.readings().values() if r and r.on is not None}
        if not states:
            return None
        return "partly_on" if len(states) > 1 else "on" if states.pop() else "off"
