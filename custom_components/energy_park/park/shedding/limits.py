"""What a contract allows, and how much of it is used up.

A limit is a value of one moment: it follows the power that is drawn, and tells how
long a power may be held. Powers are in the contract's own unit, VA for a Linky and
W for the others.
"""

from dataclasses import dataclass, replace
from math import exp, inf, log, sqrt
from typing import Final, Protocol, Self

# √Y over the cut-off power at which a Linky opens, and the logarithm of what is left
# of Y after each second (Enedis-NOI-CPT_54E, section 7).
TRIP_RATIO: Final = 1.3
RATE: Final = log(0.992)

SECONDS_PER_HOUR: Final = 3600


class Limit(Protocol):
    """What shedding asks of a limit."""

    def follow(self, power: float, elapsed_s: float) -> Self:
        """Return the limit after a power that was held for so many seconds."""

    def held_s(self, power: float) -> float:
        """Return how long a power may be held for sure; infinity is for ever."""

    def likely_s(self, power: float) -> float:
        """Return how long a power may be held as far as can be told."""

    def latest_s(self, power: float, after: float) -> float:
        """Return how long a power may be held if another one follows it.

        Infinity is for ever; what is negative says that the other is not low enough.
        """

    def fits(self, power: float, extra: float, share: float) -> bool:
        """Return whether a load may be added, using this share of the limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkyFilter:
    """The cut-off of one phase of a Linky.

    Each second Y becomes 0.008 S² + 0.992 Y; the meter opens when Y reaches
    (1.3 times the cut-off power)². ``limit_va`` is the phase's share of the cut-off
    power, ``filtered_va2`` the likely Y and ``ceiling_va2`` the largest one to fear.
    """

    limit_va: float
    filtered_va2: float
    ceiling_va2: float

    @property
    def trip_va(self) -> float:
        """The most that may be held for ever."""
        return TRIP_RATIO * self.limit_va

    def follow(self, power: float, elapsed_s: float) -> Self:
        """Return the limit after a power that was held for so many seconds."""
        square, left = power * power, exp(RATE * elapsed_s)
        return replace(
            self,
            filtered_va2=square + (self.filtered_va2 - square) * left,
            ceiling_va2=square + (self.ceiling_va2 - square) * left,
        )

    def held_s(self, power: float) -> float:
        """Return how long a power may be held for sure; infinity is for ever."""
        return self._time_to_trip_s(self.ceiling_va2, power)

    def likely_s(self, power: float) -> float:
        """Return how long a power may be held as far as can be told."""
        return self._time_to_trip_s(self.filtered_va2, power)

    def _time_to_trip_s(self, filtered_va2: float, power: float) -> float:
        trip_va2 = self.trip_va**2
        square = power * power
        if square <= trip_va2:
            return inf
        if filtered_va2 >= trip_va2:
            return 0.0
        return log((square - trip_va2) / (square - filtered_va2)) / RATE

    def latest_s(self, power: float, after: float) -> float:
        """Return how long a power may be held if another one follows it."""
        held_s = self.held_s(power)
        return held_s if held_s == inf or after <= self.trip_va else -inf

    def fits(self, power: float, extra: float, share: float) -> bool:
        """Return whether a load may be added, using this share of the limit.

        √Y is the rms power of the last minutes: a load fits when it does on top of
        that as well as on top of the present power.
        """
        return max(power, sqrt(self.ceiling_va2)) + extra <= share * self.trip_va


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """A power that may be exceeded for a while only.

    ``over_s`` is how long it is exceeded by now; once below, the time starts again.
    """

    limit: float
    delay_s: float = 0.0
    over_s: float = 0.0

    def follow(self, power: float, elapsed_s: float) -> Self:
        """Return the limit after a power that was held for so many seconds."""
        over_s = self.over_s + elapsed_s if power > self.limit else 0.0
        return self if over_s == self.over_s else replace(self, over_s=over_s)

    def held_s(self, power: float) -> float:
        """Return how long a power may be held; infinity is for ever."""
        return inf if power <= self.limit else max(0.0, self.delay_s - self.over_s)

    likely_s = held_s

    def latest_s(self, power: float, after: float) -> float:
        """Return how long a power may be held if another one follows it."""
        held_s = self.held_s(power)
        return held_s if held_s == inf or after <= self.limit else -inf

    def fits(self, power: float, extra: float, share: float) -> bool:
        """Return whether a load may be added, using this share of the limit."""
        return power + extra <= share * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodCap:
    """The mean power of each clock hour, or quarter of an hour, that is not exceeded.

    ``cap_w`` is the contract's, or the month's largest so far where the month is
    billed by it. ``used_wh`` was drawn in the running period, which has ``left_s``
    to go.
    """

    cap_w: float
    period_s: float
    used_wh: float
    left_s: float

    def follow(self, power: float, elapsed_s: float) -> Self:
        """Return the limit after a power that was held for so many seconds."""
        left_s = self.left_s - elapsed_s
        if left_s > 0:
            used_wh = self.used_wh + power * elapsed_s / SECONDS_PER_HOUR
        else:
            left_s = self.period_s - -left_s % self.period_s
            used_wh = power * (self.period_s - left_s) / SECONDS_PER_HOUR
        return replace(self, used_wh=used_wh, left_s=left_s)

    @property
    def _spare_ws(self) -> float:
        return self.cap_w * self.period_s - self.used_wh * SECONDS_PER_HOUR

    def _is_passed_by(self, power: float) -> bool:
        """Return whether a power is too much; nothing at all never is, nor helps."""
        return power > 0 and power * self.left_s > self._spare_ws

    def held_s(self, power: float) -> float:
        """Return how long a power may be held; infinity is to the period's end."""
        if not self._is_passed_by(power):
            return inf
        return max(0.0, self._spare_ws / power)

    likely_s = held_s

    def latest_s(self, power: float, after: float) -> float:
        """Return how long a power may be held if another one follows it."""
        if not self._is_passed_by(power):
            return inf
        if after >= power:
            return -inf
        return (self._spare_ws - after * self.left_s) / (power - after)

    def fits(self, power: float, extra: float, share: float) -> bool:
        """Return whether a load may be added, using this share of the limit."""
        spare_ws = share * self.cap_w * self.period_s
        spare_ws -= self.used_wh * SECONDS_PER_HOUR
        return (power + extra) * self.left_s <= spare_ws


def open_meter(contracted_w: float) -> tuple[Cap, ...]:
    """Return the limits of an Italian meter.

    Up to 110 % of the contracted power is free; up to 133 % at least three hours, and
    above it at least two minutes.
    """
    return (
        Cap(limit=1.10 * contracted_w, delay_s=180 * 60),
        Cap(limit=1.33 * contracted_w, delay_s=2 * 60),
    )
