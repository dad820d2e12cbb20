"""Active and reactive power of groups, and meters that cannot be right.

A group's power factor is that of its summed P and Q, never a mean of power
factors: three idle computers at 0.4 say nothing of the heater beside them. With
distorted currents, as of computers' supplies, it is the true power factor P/S; the
angle that it stands for is an apparent phase shift only.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import acos, degrees, hypot, sqrt

from ..model import SocketReading

# Meters round: what they show of P may exceed S by so much.
TOLERANCE = 1.05
ROUNDING_VA = 2.0
VOLTAGE_RANGE_V = (150.0, 280.0)
FROZEN_AFTER = timedelta(minutes=10)
# A current that moves by more has moved: by share, and at least by so much.
_MOVED = 0.1
_MOVED_A = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerTriangle:
    """P and Q of several sockets, of those that tell both.

    ``power_w`` and ``reactive_power_var`` are None when no socket does.
    ``upper_bound`` tells that some signs of Q are unknown: leading and lagging
    loads may cancel out, so that the true amount is this or less, and the true
    power factor this or better. ``measured`` of ``total`` sockets are in it.
    """

    power_w: float | None
    reactive_power_var: float | None
    upper_bound: bool
    measured: int
    total: int

    @property
    def apparent_power_va(self) -> float | None:
        """Return S."""
        if self.power_w is None or self.reactive_power_var is None:
            return None
        return hypot(self.power_w, self.reactive_power_var)

    @property
    def power_factor(self) -> float | None:
        """Return P/S; None without load."""
        if self.power_w is None or not self.apparent_power_va:
            return None
        return self.power_w / self.apparent_power_va

    @property
    def tan_phi(self) -> float | None:
        """Return Q/P; None without active power."""
        if not self.power_w or self.reactive_power_var is None:
            return None
        return self.reactive_power_var / self.power_w

    @property
    def phase_shift_deg(self) -> float | None:
        """Return the apparent phase shift, without a sign."""
        if self.power_factor is None:
            return None
        return degrees(acos(max(-1.0, min(1.0, self.power_factor))))


def sum_powers(readings: Iterable[SocketReading | None]) -> PowerTriangle:
    """Add P and Q of sockets; a socket that lacks one of them is left out of both.

    Behind an open relay both are zero, whatever the last measure was.
    """
    total = measured = 0
    power_w = signed_var = unsigned_var = 0.0
    for reading in readings:
        total += 1
        if reading is not None and reading.on is False:
            measured += 1
            continue
        if reading is None or reading.power_w is None:
            continue
        if (reactive := reactive_power(reading)) is None:
            continue
        measured += 1
        power_w += reading.power_w
        reactive_var, sign_known = reactive
        if sign_known:
            signed_var += reactive_var
        else:
            unsigned_var += reactive_var
    return PowerTriangle(
        power_w=power_w if measured else None,
        reactive_power_var=(
            abs(signed_var) + unsigned_var if unsigned_var else signed_var
        )
        if measured
        else None,
        upper_bound=unsigned_var > 0,
        measured=measured,
        total=total,
    )


def reactive_power(reading: SocketReading) -> tuple[float, bool] | None:
    """Return Q in var, and whether its sign is known.

    A measured phase shift has a sign, and so has a Q below zero; a Q above zero may
    be one of a meter that knows no sign. Without Q it follows from P and S.
    """
    if (reactive_var := reading.reactive_power_var) is None:
        apparent_va = apparent_power(reading)
        if apparent_va is None or reading.power_w is None:
            return None
        reactive_var = sqrt(max(0.0, apparent_va**2 - reading.power_w**2))
    if reading.phase_shift_deg:
        sign = 1 if reading.phase_shift_deg > 0 else -1
        return sign * abs(reactive_var), True
    return reactive_var, reactive_var <= 0


def apparent_power(reading: SocketReading) -> float | None:
    """Return S in VA: as measured, from V and I, or from P and the power factor."""
    if reading.apparent_power_va is not None:
        return reading.apparent_power_va
    if reading.voltage_v is not None and reading.current_a is not None:
        return reading.voltage_v * reading.current_a
    if reading.power_w is not None and reading.power_factor:
        return abs(reading.power_w / reading.power_factor)
    return None


class Suspicion(StrEnum):
    """Why a meter cannot be right."""

    ABOVE_APPARENT = "above_apparent"
    POWER_FACTOR = "power_factor"
    VOLTAGE = "voltage"
    NEGATIVE = "negative"
    FROZEN = "frozen"


def suspicion(reading: SocketReading, *, may_feed_in: bool = False) -> Suspicion | None:
    """Return what contradicts itself in one reading, if anything does.

    ``may_feed_in`` allows power to flow back, as in a panel with solar panels.
    """
    low_v, high_v = VOLTAGE_RANGE_V
    if reading.voltage_v is not None and not low_v <= reading.voltage_v <= high_v:
        return Suspicion.VOLTAGE
    if reading.power_factor is not None and abs(reading.power_factor) > 1:
        return Suspicion.POWER_FACTOR
    if reading.power_w is None:
        return None
    if reading.power_w < -ROUNDING_VA and not may_feed_in:
        return Suspicion.NEGATIVE
    apparent_va = apparent_power(reading)
    limit_va = None if apparent_va is None else TOLERANCE * apparent_va + ROUNDING_VA
    if limit_va is not None and abs(reading.power_w) > limit_va:
        return Suspicion.ABOVE_APPARENT
    return None


@dataclass(frozen=True, slots=True)
class FrozenWatch:
    """Sees a power that stands still for long while its current moves.

    ``power_w`` stands since ``since``; ``current_a`` is the one of that moment.
    """

    power_w: float | None = None
    current_a: float | None = None
    since: datetime | None = None
    frozen: bool = False

    def follow(self, reading: SocketReading | None, now: datetime) -> FrozenWatch:
        """Return the watch after a reading; one that is missing changes nothing."""
        if reading is None or reading.power_w is None or reading.current_a is None:
            return self
        if self.since is None or reading.power_w != self.power_w or reading.on is False:
            return FrozenWatch(reading.power_w, reading.current_a, now)
        assert self.current_a is not None
        moved_a = abs(reading.current_a - self.current_a)
        moved = moved_a > max(_MOVED_A, _MOVED * self.current_a)
        if not moved or now - self.since < FROZEN_AFTER:
            return self
        return FrozenWatch(self.power_w, self.current_a, self.since, frozen=True)
