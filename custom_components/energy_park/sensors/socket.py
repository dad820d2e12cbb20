"""Sensors of a socket."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
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
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import PlugCoordinator
from ..entity import SocketEntity
from ..model import Reason, Role, SocketReading
from ..park.arbiter import SocketState
from ..park.periods import Period, PeriodEnergy
from ..park.socket_band import SocketBand
from ..park.standby import Band
from .follow import follow


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

BAND = SensorEntityDescription(
    key="band",
    translation_key="band",
    device_class=SensorDeviceClass.ENUM,
    options=[band.value for band in Band if band is not Band.UNKNOWN],
)


@callback
def follow_plug(
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
            key = (socket.id, BAND.key)
            if (
                key not in added
                and socket.role in (Role.COMPUTER, Role.MONITOR)
                and reading.power_w is not None
            ):
                added.add(key)
                found.append(BandSensor(plug, socket, BAND))
            key = (socket.id, ENERGY.key)
            if key not in added and reading.energy_wh is not None:
                added.add(key)
                found.append(SocketEnergySensor(plug, socket, ENERGY))
                found.extend(
                    SocketPeriodSensor(plug, socket, period)
                    for period in SOCKET_PERIODS
                )
        if found:
            add(found, config_subentry_id=subentry_id)

    follow(plug, async_look)


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


class SocketPeriodSensor(SocketEntity, SensorEntity):
    """What a socket drew today, or this month."""

    entity_description: PeriodSensorDescription

    @property
    @override
    def native_value(self) -> float | None:
        """The energy of the period."""
        energy = self.coordinator.config_entry.runtime_data.energy
        period = energy.socket_period(self.socket.id)
        return energy_of(self.entity_description.period_fn(period))


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


class BandSensor(SocketEntity, SensorEntity):
    """Whether a computer or a monitor is off, in standby, idle or at work."""

    @property
    @override
    def native_value(self) -> str | None:
        """The band of the latest reading."""
        band = self._standby.band
        return None if band is Band.UNKNOWN else band

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """Since when it runs or does not, and where the bands begin."""
        bands = self._standby.bands(self.socket.role)
        return {
            "since": self._standby.since,
            "standby_from_w": round(bands.standby_from_w, 1),
            "idle_from_w": round(bands.idle_from_w, 1),
            "active_from_w": bands.active_from_w and round(bands.active_from_w, 1),
        }

    @property
    def _standby(self) -> SocketBand:
        return self.switchboard.memory(self.socket).standby
