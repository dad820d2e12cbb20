"""The filter by which the meter decides to cut the power.

Enedis-NOI-CPT_54E, section 7: each second and on each phase Y becomes
0.008 X² + 0.992 Y, where X is the apparent power drawn over the cut-off power (over
a third of it on each of three phases). The meter opens when Y reaches 1.3²; what
stays at or below 1.3 times the cut-off power never trips it.

Powers are kept in VA and Y in VA²: a new contract then only moves the limit, and the
largest √Y of a day is the meter's own SMAXSN.
"""

from dataclasses import dataclass
from math import exp, log, sqrt

from .phase_powers import PhasePower
from .trip_state import TRIP_RATIO, PhaseTrip

# 0.992 of Y is left after each second.
_RATE = log(0.992)
# The oldest that a frame's values are when it ends.
FRAME_S = 2.5


def follow(filtered_va2: float, power_va: float, seconds: float) -> float:
    """Return Y after a power that was held for so many seconds."""
    return power_va**2 + (filtered_va2 - power_va**2) * exp(_RATE * seconds)


def worst(filtered_va2: float, power_va: float) -> float:
    """Return the largest Y within a frame's time around a moment."""
    return max(filtered_va2, follow(filtered_va2, power_va, FRAME_S))


def trip_va2(limit_va: float) -> float:
    """Return the Y at which a phase with this share of the cut-off power trips."""
    return (TRIP_RATIO * limit_va) ** 2


def time_to_trip_s(
    filtered_va2: float, power_va: float, limit_va: float
) -> float | None:
    """Return how long a power may be held; None is for ever."""
    trip = trip_va2(limit_va)
    if power_va**2 <= trip:
        return None
    if filtered_va2 >= trip:
        return 0.0
    return log((power_va**2 - trip) / (power_va**2 - filtered_va2)) / _RATE


@dataclass(slots=True, kw_only=True)
class PhaseFilter:
    """The filter of one phase, and the power told last.

    Y is ``filtered_va2``, as far as can be told, and never above ``ceiling_va2``.
    """

    power: PhasePower
    filtered_va2: float
    ceiling_va2: float
    day_max_va2: float = 0.0

    def advance(self, power: PhasePower, elapsed_s: float, limit_va: float) -> None:
        """Take the power of the seconds gone by: a frame tells what just was."""
        largest_va = max(self.power.max_va, power.max_va)
        self._take(
            power,
            follow(self.filtered_va2, power.va, elapsed_s),
            follow(self.ceiling_va2, largest_va, elapsed_s),
            trip_va2(limit_va),
        )

    def bridge(self, power: PhasePower, elapsed_s: float, bound_va2: float) -> None:
        """Take the first power after a time of which nothing was told.

        The larger of the powers before and after is likely, anything up to the
        bound is possible.
        """
        likely_va = max(self.power.va, power.va)
        filtered_va2 = follow(self.filtered_va2, likely_va, elapsed_s)
        self._take(power, filtered_va2, bound_va2, bound_va2)

    def ahead(self, elapsed_s: float, limit_va: float) -> PhaseTrip:
        """Return what the power leads to that was told so many seconds ago."""
        power = self.power
        filtered_va2 = follow(self.filtered_va2, power.va, elapsed_s)
        ceiling_va2 = follow(self.ceiling_va2, power.max_va, elapsed_s)
        ceiling_va2 = worst(ceiling_va2, power.max_va)
        headroom_va = limit_va - power.va
        return PhaseTrip(
            power_va=power.va,
            power_max_va=power.max_va,
            filtered_ratio=min(sqrt(filtered_va2) / limit_va, TRIP_RATIO),
            filtered_ratio_max=min(sqrt(ceiling_va2) / limit_va, TRIP_RATIO),
            time_to_trip_s=time_to_trip_s(filtered_va2, power.va, limit_va),
            time_to_trip_min_s=time_to_trip_s(ceiling_va2, power.max_va, limit_va),
            headroom_va=headroom_va,
            headroom_a=headroom_va / power.voltage_v,
        )

    def _take(
        self, power: PhasePower, filtered_va2: float, ceiling_va2: float, bound: float
    ) -> None:
        """Keep Y below its bound: the meter has not opened."""
        self.power = power
        self.filtered_va2 = min(filtered_va2, bound)
        self.ceiling_va2 = min(max(ceiling_va2, self.filtered_va2), bound)
        self.day_max_va2 = max(self.day_max_va2, self.filtered_va2)
