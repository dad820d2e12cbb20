"""How near the meter is to its cut-off, in words and numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

# √Y over the cut-off power at which the meter opens (Enedis-NOI-CPT_54E, section 7).
TRIP_RATIO = 1.3


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseTrip:
    """How near one phase is to the cut-off.

    ``filtered_ratio`` is √Y over the phase's share of the cut-off power: 1 after
    long at just that power, 1.3 opens the meter. ``time_to_trip_s`` is at the
    present power; None is for ever. The other ones of their kind are the worst that
    coarse readings, and a past that is not fully known, leave possible. The headroom
    is up to the cut-off power, negative above it; in amperes it is at the phase's
    voltage, or at 230 V.
    """

    power_va: float
    power_max_va: float
    filtered_ratio: float
    filtered_ratio_max: float
    time_to_trip_s: float | None
    time_to_trip_min_s: float | None
    headroom_va: float
    headroom_a: float

    @property
    def limit_va(self) -> float:
        """The phase's share of the cut-off power."""
        return self.power_va + self.headroom_va

    @property
    def will_trip(self) -> bool:
        """Whether the present power, if it stays, opens the meter."""
        return self.time_to_trip_s is not None

    @property
    def trip_margin_percent(self) -> float:
        """How far √Y is from opening: 100 with nothing in the filter, 0 opens."""
        return 100 * (1 - self.filtered_ratio / TRIP_RATIO)


@dataclass(frozen=True, slots=True, kw_only=True)
class MaximumCheck:
    """The day's largest √Y of a phase: by the meter (SMAXSN) and by the model."""

    phase: int
    measured_va: int
    modelled_va: float

    @property
    def deviation_percent(self) -> float:
        """How much the model is above the meter."""
        return 100 * (self.modelled_va - self.measured_va) / self.measured_va


@dataclass(frozen=True, slots=True, kw_only=True)
class TripState:
    """How near the meter is to its cut-off.

    ``age_s`` is the time since a reading told every phase's power; None before the
    first. ``phases`` is empty while they are not known, or no longer. While
    ``warming_up`` Y may be lower than told: the past is not known well enough.
    ``maxima`` holds the phases whose largest value of the day the model has seen.
    The properties are those of the worst phase; None is unknown, or never.
    """

    age_s: float | None
    warming_up: bool
    phases: tuple[PhaseTrip, ...] = ()
    maxima: tuple[MaximumCheck, ...] = ()

    @property
    def worst_phase(self) -> int | None:
        """The phase, from 1, that trips first, or else is the nearest to it."""

        def danger(number: int) -> tuple[float, float]:
            phase = self.phases[number - 1]
            time_s = phase.time_to_trip_s
            return (inf if time_s is None else time_s, phase.trip_margin_percent)

        return min(range(1, len(self.phases) + 1), key=danger, default=None)

    @property
    def will_trip(self) -> bool | None:
        """Whether the present powers, if they stay, open the meter."""
        if not self.phases:
            return None
        return any(phase.will_trip for phase in self.phases)

    @property
    def time_to_trip_s(self) -> float | None:
        """The time until the first phase trips."""
        return _least(phase.time_to_trip_s for phase in self.phases)

    @property
    def time_to_trip_min_s(self) -> float | None:
        """The shortest time that cannot be excluded."""
        return _least(phase.time_to_trip_min_s for phase in self.phases)

    @property
    def filtered_ratio(self) -> float | None:
        """The largest √Y over the phase's share of the cut-off power."""
        return max((phase.filtered_ratio for phase in self.phases), default=None)

    @property
    def trip_margin_percent(self) -> float | None:
        """The smallest margin."""
        return _least(phase.trip_margin_percent for phase in self.phases)

    @property
    def headroom_va(self) -> float | None:
        """The smallest headroom."""
        return _least(phase.headroom_va for phase in self.phases)

    @property
    def headroom_a(self) -> float | None:
        """The smallest headroom."""
        return _least(phase.headroom_a for phase in self.phases)

    @property
    def deviation_percent(self) -> float | None:
        """The largest deviation from the meter's own maxima of the day."""
        deviations = [maximum.deviation_percent for maximum in self.maxima]
        return max(deviations, key=abs, default=None)


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)
