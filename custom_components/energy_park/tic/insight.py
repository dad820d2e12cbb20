"""All that is understood of a meter, kept up to date by its readings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from ..model import MeterReading, TicMode
from .last_known import LastKnown
from .trip_state import TripState
from .tripping import TripModel


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterData:
    """A reading and what follows from it and from those before."""

    reading: MeterReading
    trip: TripState


class MeterInsight:
    """Runs the models of one meter; pure, and kept over a restart."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._last_known = LastKnown()
        self._trip = TripModel()
        self.mode: TicMode | None = None

    def update(self, reading: MeterReading, now: datetime) -> MeterData:
        """Take a reading and return what is known with it."""
        self.mode = reading.mode
        self._trip.update(reading, now)
        return MeterData(
            reading=self._last_known.update(reading), trip=self._trip.state(now)
        )

    def forget_last(self) -> None:
        """Bridge no gap to what was heard before: the link was down."""
        self._last_known = LastKnown()

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {"mode": self.mode, "trip": self._trip.to_dict()}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        insight = cls()
        insight.mode = None if kept["mode"] is None else TicMode(kept["mode"])
        insight._trip = TripModel.from_dict(kept["trip"])
        return insight
