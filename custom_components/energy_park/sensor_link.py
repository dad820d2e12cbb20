"""A meter that Home Assistant already reads: its sensors, followed as a link.

For those who have core's teleinfo, a Zigbee or an ESPHome reader: the same readings
as over a port, as far as the sensors give them.
"""

import asyncio
from collections.abc import Collection, Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType, TracebackType
from typing import Any, Self

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, State, callback
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)
from homeassistant.util import dt as dt_util

from .measure import (
    APPARENT_POWER,
    CURRENT,
    ENERGY,
    POWER,
    VOLTAGE,
    Measure,
    resolve,
    value_of,
)
from .model import MeterReading, PhaseReading, TicMode
from .tic.decoder import DecoderCounters
from .tic.link import TicPortError, TicSilentError

# Readers behind other integrations report every 10 to 60 s, some on change only.
SILENCE_S = 180.0

# What sensors may give, by the fields of the reading.
MEASURES = {
    "apparent_power_va": APPARENT_POWER,
    "power_w": POWER,
    "current_a": CURRENT,
    "current_l1_a": CURRENT,
    "current_l2_a": CURRENT,
    "current_l3_a": CURRENT,
    "voltage_v": VOLTAGE,
    "energy_drawn_wh": ENERGY,
    "energy_injected_wh": ENERGY,
}
PHASES = ("current_l1_a", "current_l2_a", "current_l3_a")

# What may tell the power by itself, the best first: a meter opens by the apparent power
# of each phase, and what watts say of that is the least certain.
SOURCES = (("apparent_power_va",), PHASES, ("current_a",), ("power_w",))


def source_of(fields: Collection[str]) -> tuple[str, ...]:
    """Return the fields that tell the power; none if these do not."""
    return next((one for one in SOURCES if set(one) <= set(fields)), ())


class SensorLink:
    """Iterates over readings made of sensors' states; see TicLink for the manners."""

    def __init__(
        self,
        hass: HomeAssistant,
        serial: str,
        sensors: Mapping[str, str],
        subscribed_power_va: int,
    ) -> None:
        """Name the sensors by what they give; ``serial`` stands for the meter."""
        self._hass = hass
        self._serial = serial
        self._subscribed_power_va = subscribed_power_va
        self._sensors = {
            field: resolve(hass, entity) for field, entity in sensors.items()
        }
        self._source = source_of(sensors)
        # The finest step that the active power was seen to take.
        self._step_w: float | None = None
        self._reported = asyncio.Event()
        self._unsubscribe: list[CALLBACK_TYPE] = []
        self._frames = 0

    @property
    def counters(self) -> DecoderCounters:
        """The readings made so far; sensors have no damaged groups."""
        return DecoderCounters(
            frames=self._frames,
            incomplete_frames=0,
            groups=0,
            rejects=MappingProxyType({}),
        )

    async def __aenter__(self) -> Self:
        """Follow the sensors of the power, or raise TicPortError if they tell none."""
        self._check()
        entity_ids = [self._sensors[field] for field in self._source]
        # A steady power is reported, not changed: silent and steady are told apart.
        self._unsubscribe = [
            async_track_state_change_event(self._hass, entity_ids, self._async_report),
            async_track_state_report_event(self._hass, entity_ids, self._async_report),
        ]
        self._reported.set()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Follow them no longer."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    def __aiter__(self) -> Self:
        """Iterate over the readings to come."""
        return self

    async def __anext__(self) -> MeterReading:
        """Return the next reading, or raise TicLinkError."""
        try:
            async with asyncio.timeout(SILENCE_S):
                await self._reported.wait()
        except TimeoutError as err:
            raise TicSilentError(f"no report for {SILENCE_S:.0f} s") from err
        self._reported.clear()
        return self._read()

    @callback
    def _async_report(self, _event: Event[Any]) -> None:
        self._reported.set()

    def _check(self) -> None:
        """Raise TicPortError while a sensor of the power has no value."""
        if any(self._value(field) is None for field in self._source):
            raise TicPortError("a sensor of the meter's power has no value")

    def _read(self) -> MeterReading:
        self._check()
        self._frames += 1
        values = {field: self._value(field) for field in self._sensors}
        power_va = _rounded(values.get("apparent_power_va"))
        power_w = values.get("power_w")
        return MeterReading(
            mode=TicMode.HISTORIQUE,
            serial=self._serial,
            apparent_power_va=power_va,
            current_a=_rounded(values.get("current_a")),
            voltage_v=_rounded(values.get("voltage_v")),
            energy_drawn_wh=_rounded(values.get("energy_drawn_wh")),
            energy_injected_wh=_rounded(values.get("energy_injected_wh")),
            subscribed_power_va=self._subscribed_power_va,
            overload=_overload(power_va, power_w, self._subscribed_power_va),
            phases=self._phases(values),
            power_w=power_w,
            power_uncertainty_w=None if power_w is None else self._follow_step(),
        )

    def _phases(self, values: Mapping[str, float | None]) -> tuple[PhaseReading, ...]:
        if not set(PHASES) <= values.keys():
            return ()
        return tuple(PhaseReading(current_a=_rounded(values[name])) for name in PHASES)

    def _value(self, field: str) -> float | None:
        """Return what a sensor measures; None also when that is too old to be so now.

        A counter that does not count needs not report.
        """
        measure, entity_id = MEASURES[field], self._sensors[field]
        if measure is not ENERGY:
            state = self._hass.states.get(entity_id)
            if state is None or _age(state) > timedelta(seconds=SILENCE_S):
                return None
        return value_of(self._hass, entity_id, measure)

    def _follow_step(self) -> float:
        """Return the step of the active power: a sensor in kW may round coarsely."""
        state = self._hass.states.get(self._sensors["power_w"])
        assert state is not None
        step_w = _step(state, POWER)
        if self._step_w is None or step_w < self._step_w:
            self._step_w = step_w
        return self._step_w


def _age(state: State) -> timedelta:
    return dt_util.utcnow() - state.last_reported


def _step(state: State, measure: Measure) -> float:
    """Return the value of the last digit that a state shows, in the measure's unit."""
    assert measure.converter is not None
    _, _, exponent = Decimal(state.state).as_tuple()
    digit = 10.0**exponent if isinstance(exponent, int) else 1.0
    given = state.attributes[ATTR_UNIT_OF_MEASUREMENT]
    return measure.converter.convert(digit, given, measure.unit)


def _overload(
    power_va: int | None, power_w: float | None, subscribed_va: int
) -> bool | None:
    """Return whether the subscribed power is exceeded; watts alone tell only that."""
    if power_va is not None:
        return power_va > subscribed_va
    return True if power_w is not None and power_w > subscribed_va else None


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
