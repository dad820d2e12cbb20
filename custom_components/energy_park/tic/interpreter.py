"""One meter's readings, made sense of: what is believed, kept, learnt and foreseen."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from ..model import MeterReading
from .grid_power import GridPower
from .last_known import LastKnown
from .limits import Cause
from .naming import IndexNames
from .plausibility import Plausibility
from .schedule import Schedule

# A longer silence, and what was known before it is not bridged.
SILENCE = timedelta(seconds=30)


class Interpreter:
    """Takes the readings of one meter in the order they come.

    ``state`` is that of an earlier run, in the types of JSON; one that cannot be read
    is none. Another meter makes everything new.
    """

    def __init__(self, state: Mapping[str, Any] | None = None) -> None:
        """Start from what an earlier run knew."""
        self._known = LastKnown()
        self._power = GridPower()
        self._serial: str | None = None
        self._at: datetime | None = None
        self.names, self._schedule = IndexNames(), Schedule()
        self._plausibility = Plausibility(state and state.get("plausibility"))
        if state is None:
            return
        try:
            names, schedule = IndexNames(state["names"]), Schedule(state["schedule"])
            self._serial = state["serial"]
        except KeyError, TypeError, ValueError:
            return
        self.names, self._schedule = names, schedule

    @property
    def counters(self) -> Mapping[Cause, int]:
        """How many values were refuted, by what spoke against them."""
        return self._plausibility.counters

    @property
    def state(self) -> dict[str, Any]:
        """What the next run needs to know, in the types of JSON."""
        return {
            "serial": self._serial,
            "plausibility": self._plausibility.baseline,
            "names": self.names.state,
            "schedule": self._schedule.state,
        }

    def update(self, reading: MeterReading, now: datetime) -> MeterReading:
        """Return what is known once a reading has come; ``now`` has a time zone."""
        if self._at is not None and now - self._at > SILENCE:
            self._known = LastKnown()
        self._at = now
        reading = self._plausibility.check(reading, now)
        self._follow_serial(reading)
        if not reading.early:
            self.names.observe(reading)
            self._power.update(reading, now)
        known = self._schedule.update(self._known.update(reading), now, self.names)
        if reading.power_w is None and (power := self._power.power) is not None:
            known = replace(
                known,
                power_w=power.power_w,
                power_uncertainty_w=power.uncertainty_w,
                power_estimated=power.estimated,
            )
        if (factor := self._power.factor) is not None:
            known = replace(
                known,
                power_factor=factor.factor,
                power_factor_uncertainty=factor.uncertainty,
            )
        return known

    def _follow_serial(self, reading: MeterReading) -> None:
        """Forget what another meter has taught."""
        if reading.serial in {None, self._serial}:
            return
        if self._serial is not None:
            self.names, self._schedule = IndexNames(), Schedule()
            self._power = GridPower()
        self._serial = reading.serial
