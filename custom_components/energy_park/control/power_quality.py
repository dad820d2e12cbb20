"""Watches the quality of power: of plugs' mains, of the park's load, of meters."""

from functools import partial

from homeassistant.core import CALLBACK_TYPE, callback

from ..coordinator import EnergyParkConfigEntry, PlugCoordinator
from ..meter_coordinator import MeterCoordinator
from ..park.alarm_settings import AlarmKind
from ..park.alarms import (
    CONTRACT,
    FREQUENCY,
    IMBALANCE,
    TAN_PHI,
    frequency_off_hz,
    tan_phi,
)
from ..park.meter_quality import contract_percent, judged_imbalance


class PowerQuality:
    """Has each value judged as it comes."""

    def __init__(self, entry: EnergyParkConfigEntry) -> None:
        """Prepare to follow the park of an entry."""
        data = entry.runtime_data
        self._watch = data.alarms
        self._meters = tuple(data.meters.values())
        self._plugs = tuple(data.plugs.values())
        self._park = data.park
        self._name = entry.title

    @callback
    def async_start(self) -> CALLBACK_TYPE:
        """Follow them; return how to end that."""
        ends = [
            *(
                m.async_add_listener(partial(self._async_frame, m))
                for m in self._meters
            ),
            *(p.async_add_listener(partial(self._async_poll, p)) for p in self._plugs),
            self._park.async_add_listener(self._async_sum),
        ]

        @callback
        def async_stop() -> None:
            for end in ends:
                end()

        return async_stop

    @callback
    def _async_frame(self, meter: MeterCoordinator) -> None:
        """Judge a meter's frame; an early reading tells only a part."""
        self._watch.async_heard(meter.serial, meter.heard, [meter.serial])
        if not meter.heard or meter.data is None or meter.data.reading.early:
            return
        reading = meter.data.reading
        judge = partial(
            self._watch.async_judge, subject=meter.serial, name=meter.subentry.title
        )
        judge(AlarmKind.CONTRACT, CONTRACT, contract_percent(reading))
        if reading.phases:
            judge(AlarmKind.IMBALANCE, IMBALANCE, judged_imbalance(reading))

    @callback
    def _async_poll(self, plug: PlugCoordinator) -> None:
        """Judge the frequency: all sockets of a plug have the same."""
        readings = (plug.reading(socket) for socket in plug.plug.sockets)
        known = (r.frequency_hz for r in readings if r and r.frequency_hz is not None)
        self._watch.async_judge(
            AlarmKind.FREQUENCY,
            FREQUENCY,
            frequency_off_hz(next(known, None)),
            subject=plug.plug.serial,
            name=plug.plug.name,
        )

    @callback
    def _async_sum(self) -> None:
        """Judge tan phi; where signs are unknown the sum proves nothing."""
        triangle = self._park.triangle
        self._watch.async_judge(
            AlarmKind.TAN_PHI,
            TAN_PHI,
            None if triangle.upper_bound else tan_phi(triangle),
            subject="",
            name=self._name,
        )
