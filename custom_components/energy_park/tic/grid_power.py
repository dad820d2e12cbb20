"""Active power between site and grid, with what it is worth, and the power factor.

Active power is at most the apparent power, which the meter shows each second, and has
the bounds of the energy index; when the apparent power changes, what the index said
before holds no more. What injects without a producer's contract is estimated and says
so: the meter then counts nothing and shows 0 VA while its currents, which have no
sign, still flow (Enedis-NOI-CPT_54E, 6.2.3: SINSTS, IRMSn).
"""

from collections import deque
from dataclasses import dataclass, replace
from datetime import datetime
from math import inf
from statistics import fmean

from ..model import MeterReading, PhaseReading
from .active_power import WINDOW_MAX_S, Bounds, IndexPower

# The time covered grows until the power is known this well.
_EXACT_RELATIVE, _EXACT_W = 0.1, 20.0
# Such a step of the apparent power is another load.
_CHANGE_RELATIVE, _CHANGE_VA = 0.1, 100.0
# Between what the meter shows and what it has measured meanwhile.
_APPARENT_RELATIVE, _APPARENT_VA = 0.02, 10.0
# A factor is told when it is known this well, of a load large enough.
_FACTOR_RELATIVE, _FACTOR_MIN_VA = 0.05, 100.0
# NF EN 50160; historique tells no voltage.
_VOLTAGE_V, _VOLTAGE_RELATIVE = 230, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Power:
    """An active power, + is drawn from the grid.

    The true one, as a mean from ``since`` to now, is within ``uncertainty_w``.
    ``estimated`` is True when no energy index stands behind it.
    """

    power_w: float
    uncertainty_w: float
    since: datetime
    estimated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerFactor:
    """Active over apparent power of the same time; cos phi where currents are sines."""

    factor: float
    uncertainty: float


class GridPower:
    """The power of one meter, from its readings as they come.

    ``power`` and ``factor`` are None while they are not known.
    """

    def __init__(self) -> None:
        """Start knowing nothing."""
        self.power: Power | None = None
        self.factor: PowerFactor | None = None
        self._drawn, self._injected = IndexPower(), IndexPower()
        self._injects = False
        self._apparent: deque[tuple[datetime, int]] = deque()
        self._usual_factor = 1.0

    def update(self, reading: MeterReading, now: datetime) -> None:
        """Take a reading as it came: values kept from earlier ones have no time."""
        self._follow(reading, now)
        if reading.energy_drawn_wh is not None:
            self._drawn.update(reading.energy_drawn_wh, now)
        if reading.energy_injected_wh is not None:
            self._injected.update(reading.energy_injected_wh, now)
        if self._injects and reading.energy_injected_wh is None:
            self.power, self.factor = _estimate(reading, now), None
            return
        index = self._injected if self._injects else self._drawn
        self.factor = self._factor(index.longest())
        self.power = self._power(index, now)

    def _follow(self, reading: MeterReading, now: datetime) -> None:
        """Follow direction and apparent power; after a change all else is old."""
        injects = _injects(reading)
        if injects is None:
            return
        power_va = reading.injected_power_va if injects else reading.apparent_power_va
        if injects is not self._injects or self._is_change(power_va):
            self._injects = injects
            self._drawn.restart()
            self._injected.restart()
            self._apparent.clear()
        if power_va is not None:
            self._apparent.append((now, power_va))
        while self._apparent and _is_old(self._apparent[0][0], now):
            self._apparent.popleft()

    def _is_change(self, power_va: int | None) -> bool:
        if power_va is None or not self._apparent:
            return False
        before_va = fmean(va for _, va in self._apparent)
        return abs(power_va - before_va) > max(_CHANGE_VA, _CHANGE_RELATIVE * before_va)

    def _factor(self, longest: Bounds | None) -> PowerFactor | None:
        """Return active over apparent power of the longest time of this load."""
        if longest is None:
            return None
        told_va = [
            va for at, va in self._apparent if longest.since < at <= longest.until
        ]
        if not told_va or (mean_va := fmean(told_va)) < _FACTOR_MIN_VA:
            return None
        if longest.half_w > _FACTOR_RELATIVE * longest.middle_w:
            return None
        self._usual_factor = min(longest.middle_w / mean_va, 1.0)
        return PowerFactor(
            factor=self._usual_factor, uncertainty=longest.half_w / mean_va
        )

    def _power(self, index: IndexPower, now: datetime) -> Power | None:
        """Return the power within its bounds, where the apparent power puts it."""
        best = self._bounds(index, now)
        if best is None:
            return None
        power_w = best.middle_w
        if self._apparent:
            likely_w = self._apparent[-1][1] * self._usual_factor
            power_w = min(max(likely_w, best.low_w), best.high_w)
        return Power(
            power_w=-power_w if self._injects else power_w,
            uncertainty_w=max(best.high_w - power_w, power_w - best.low_w),
            since=best.since,
        )

    def _bounds(self, index: IndexPower, now: datetime) -> Bounds | None:
        """Return the bounds of the shortest time that makes them narrow enough.

        A longer time that contradicts a shorter one is from before a change.
        """
        best = index.wait(now)
        if best is None and self._apparent:
            best = Bounds(0.0, inf, now, now)
        most_w = self._most_w()
        best = best and _below(best, most_w)
        for bounds in index.steps():
            if best is not None and not bounds.meets(best):
                break
            if best is None or bounds.half_w < best.half_w:
                best = _below(bounds, most_w)
            if best.half_w <= max(_EXACT_W, _EXACT_RELATIVE * best.middle_w):
                break
        return best

    def _most_w(self) -> float:
        """Return the most that the apparent power of this load allows."""
        largest_va = max((va for _, va in self._apparent), default=inf)
        return largest_va * (1 + _APPARENT_RELATIVE) + _APPARENT_VA


def _below(bounds: Bounds, most_w: float) -> Bounds:
    """Return the bounds cut off above a power, if they reach below it."""
    if not bounds.low_w <= most_w < bounds.high_w:
        return bounds
    return replace(bounds, high_w=most_w)


def _is_old(at: datetime, now: datetime) -> bool:
    return (now - at).total_seconds() > WINDOW_MAX_S


def _injects(reading: MeterReading) -> bool | None:
    """Return whether the site injects; None when the reading does not tell."""
    if reading.injected_power_va:
        return True
    if reading.apparent_power_va is None:
        return None
    if reading.apparent_power_va or reading.injected_power_va is not None:
        return False
    currents = [phase.current_a for phase in _phases(reading)]
    return None if None in currents else any(currents)


def _phases(reading: MeterReading) -> tuple[PhaseReading, ...]:
    """Return the phases; the one of a single-phase meter has its whole power."""
    return reading.phases or (
        PhaseReading(
            current_a=reading.current_a,
            voltage_v=reading.voltage_v,
            apparent_power_va=reading.apparent_power_va,
        ),
    )


def _estimate(reading: MeterReading, now: datetime) -> Power | None:
    """Return what an injecting site's currents carry, at a power factor of 1.

    A phase that shows no power injects. A current is known to 1 A.
    """
    power_w, uncertainty_w = 0.0, 0.0
    for phase in _phases(reading):
        if phase.current_a is None or phase.apparent_power_va is None:
            return None
        if phase.apparent_power_va:
            power_w += phase.apparent_power_va
            continue
        voltage_v = phase.voltage_v or _VOLTAGE_V
        carried_w = voltage_v * phase.current_a
        power_w -= carried_w
        uncertainty_w += voltage_v
        if phase.voltage_v is None:
            uncertainty_w += _VOLTAGE_RELATIVE * carried_w
    return Power(
        power_w=min(power_w, 0.0),
        uncertainty_w=uncertainty_w,
        since=now,
        estimated=True,
    )
