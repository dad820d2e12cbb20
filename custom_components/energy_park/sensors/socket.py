"""Sensors of a socket."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.core import callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..coordinator import PlugCoordinator
from ..entity import SocketEntity
from ..model import Role
from ..park.arbiter import SocketState
from ..park.energy import CounterWatch
from ..park.socket_band import SocketBand
from ..park.standby import Band
from ..presence import follow
from .socket_values import (
    BAND,
    COUNTER_FAULTS,
    ENERGY,
    SOCKET_PERIODS,
    SOCKET_SENSORS,
    PeriodSensorDescription,
    SocketSensorDescription,
    energy_of,
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
                found.append(CounterFaultsSensor(plug, socket, COUNTER_FAULTS))
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


class CounterFaultsSensor(SocketEntity, SensorEntity):
    """How often a socket's counter fell, or jumped by more than it can carry."""

    @property
    @override
    def native_value(self) -> int:
        """Both together."""
        return self._watch.resets + self._watch.jumps

    @property
    @override
    def extra_state_attributes(self) -> Mapping[str, Any]:
        """How often each, and when last."""
        watch = self._watch
        return {"resets": watch.resets, "jumps": watch.jumps, "at": watch.last_at}

    @property
    def _watch(self) -> CounterWatch:
        energy = self.coordinator.config_entry.runtime_data.energy
        return energy.counter(self.socket.id)


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
