"""A meter that Home Assistant already reads: its sensors, followed as a link.

For those who have core's teleinfo, a Zigbee or an ESPHome reader: the same readings
as over a port, as far as the sensors give them.
"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType, TracebackType
from typing import Any, Self

from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.event import (
    async_track_state_change_event,
    async_track_state_report_event,
)

from .measure import APPARENT_POWER, CURRENT, ENERGY, VOLTAGE, resolve, value_of
from .model import MeterReading, TicMode
from .tic.decoder import DecoderCounters
from .tic.link import TicPortError, TicSilentError

# Readers behind other integrations report every 10 to 60 s, some on change only.
SILENCE_S = 180.0

# What sensors may give, by the fields of the reading.
MEASURES = {
    "apparent_power_va": APPARENT_POWER,
    "current_a": CURRENT,
    "voltage_v": VOLTAGE,
    "energy_drawn_wh": ENERGY,
    "energy_injected_wh": ENERGY,
}


APPARENT_POWER_FIELD = "apparent_power_va"


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
        """Follow the sensors, or raise TicPortError when the first is not there."""
        if self._power() is None:
            raise TicPortError("the sensor of the apparent power has no value")
        entity_ids = list(self._sensors.values())
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

    def _read(self) -> MeterReading:
        power_va = self._power()
        if power_va is None:
            raise TicPortError("the sensor of the apparent power has no value")
        self._frames += 1
        values = {field: self._value(field) for field in self._sensors}
        return MeterReading(
            mode=TicMode.HISTORIQUE,
            serial=self._serial,
            apparent_power_va=round(power_va),
            current_a=_rounded(values.get("current_a")),
            voltage_v=_rounded(values.get("voltage_v")),
            energy_drawn_wh=_rounded(values.get("energy_drawn_wh")),
            energy_injected_wh=_rounded(values.get("energy_injected_wh")),
            subscribed_power_va=self._subscribed_power_va,
            overload=power_va > self._subscribed_power_va,
        )

    def _power(self) -> float | None:
        return self._value(APPARENT_POWER_FIELD)

    def _value(self, field: str) -> float | None:
        return value_of(self._hass, self._sensors[field], MEASURES[field])


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
