"""All that is understood of a meter, kept up to date by its readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..model import MeterReading, TicMode
from .interpreter import Interpreter
from .trip_state import TripState
from .tripping import UNKNOWN_AFTER_S, TripModel


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """A reading and what follows from it and from those before."""

    reading: MeterReading
    trip: TripState


class MeterInsight:
    """Runs the models of one meter.

    ``kept`` is what ``to_dict`` gave in an earlier run; None knows nothing. Without a
    reading for longer than ``unknown_after_s`` the power is not known.
    """

    def __init__(
        self,
        kept: Mapping[str, Any] | None = None,
        unknown_after_s: float = UNKNOWN_AFTER_S,
    ) -> None:
        """Go on from what an earlier run knew."""
        kept = kept or {}
        self.interpreter = Interpreter(kept.get("readings"))
        self.mode = TicMode(kept["mode"]) if kept.get("mode") else None
        self._trip = (
            TripModel.from_dict(kept["trip"], unknown_after_s)
            if "trip" in kept
            else TripModel(unknown_after_s)
        )

    @property
    def three_phases(self) -> bool:
        """Whether the meter is known to have three phases."""
        return self._trip.three_phases

    def update(self, reading: MeterReading, now: datetime) -> MeterData:
        """Take a reading and return what is known with it."""
        known = self.interpreter.update(reading, now)
        self.mode = known.mode
        self._trip.update(known, now)
        return MeterData(reading=known, trip=self._trip.state(now))

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "mode": self.mode,
            "readings": self.interpreter.state,
            "trip": self._trip.to_dict(),
        }
