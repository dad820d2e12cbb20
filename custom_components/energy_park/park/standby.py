"""Bands of a socket's power: off, standby, idle, active; learnt from what it draws.

A histogram of the powers seen while the relay was closed is split where it has a
gap. The horizontal axis is a logarithm: from 1 W to 3 W is as far as from 30 to 90.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate
from math import exp, inf, log1p, sqrt
from typing import Any, Self

from ..model import Role
from .station import COMPUTER_OFF_BELOW_W, MEASURABLE_W, UNLEARNT, OffBand

# The axis is ln(1 + w / 0.5), in steps of 4 %.
_SCALE_W = 0.5
_STEP = 0.04

# A week of minutes; then the old ones fade.
_KEEPS = 10_080

# What is needed to learn: samples in all, and of each side of a split.
_SAMPLES = 30
_SIDE = 5
_SIDE_SHARE = 0.01

# How far apart the two sides of a split are, as a ratio of their mean powers.
_RUNS_RATIO = 3.0
_WORKS_RATIO = 1.4
_SLEEPS_RATIO = 2.0

# What a device draws in networked standby at most, by (EU) 2023/826: more is idle.
_STANDBY_MAX_W = 12.0

# A boundary must be crossed by so much.
_HYSTERESIS = 0.1
_HYSTERESIS_W = 0.2


class Band(StrEnum):
    """What a power tells of what hangs on a socket."""

    OFF = "off"
    STANDBY = "standby"
    IDLE = "idle"
    ACTIVE = "active"
    UNKNOWN = "unknown"


RUNNING = frozenset({Band.IDLE, Band.ACTIVE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Bands:
    """Where each band begins; without ``active_from_w``, idle and active are one."""

    standby_from_w: float = MEASURABLE_W
    idle_from_w: float = COMPUTER_OFF_BELOW_W
    active_from_w: float | None = None

    def of(self, power_w: float | None, before: Band = Band.UNKNOWN) -> Band:
        """Return the band of a power, which leaves the one before only clearly."""
        if power_w is None or power_w < 0:
            return Band.UNKNOWN
        starts = {Band.STANDBY: self.standby_from_w, Band.IDLE: self.idle_from_w}
        if self.active_from_w is not None:
            starts[Band.ACTIVE] = self.active_from_w
        order = list(Band)
        band = Band.OFF
        for above, start_w in starts.items():
            margin_w = max(_HYSTERESIS_W, _HYSTERESIS * start_w)
            if before is Band.UNKNOWN:
                margin_w = 0.0
            elif order.index(before) >= order.index(above):
                margin_w = -margin_w
            if power_w >= start_w + margin_w:
                band = above
        return band


DEFAULTS = {
    Role.COMPUTER: Bands(),
    # A monitor that shows a picture is at work, whatever the picture.
    Role.MONITOR: Bands(active_from_w=COMPUTER_OFF_BELOW_W),
    Role.NETWORK: Bands(),
    Role.OTHER: Bands(),
}


class PowerHistogram:
    """How often each power was seen."""

    def __init__(self) -> None:
        """Start without a sample."""
        self._counts: dict[int, float] = {}

    @property
    def samples(self) -> float:
        """How many samples bear on what is learnt."""
        return sum(self._counts.values())

    def add(self, power_w: float) -> None:
        """Take a sample; only while the relay is closed, and at an even pace."""
        if power_w < 0:
            return
        step = _step(power_w)
        self._counts[step] = self._counts.get(step, 0.0) + 1
        if self.samples > _KEEPS:
            self._counts = {s: n / 2 for s, n in self._counts.items() if n >= 1}

    def between(self, from_w: float, below_w: float) -> list[tuple[float, float]]:
        """Return powers and how often they were seen, in order."""
        return [
            (power_w, count)
            for step, count in sorted(self._counts.items())
            if from_w <= (power_w := _power_w(step)) < below_w
        ]

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {"counts": [[step, n] for step, n in sorted(self._counts.items())]}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        histogram = cls()
        histogram._counts = {int(step): float(n) for step, n in kept["counts"]}
        return histogram


def learn(
    histogram: PowerHistogram, role: Role, off_band: OffBand | None = None
) -> Bands:
    """Return the bands of a socket; what does not show keeps its default.

    ``off_band`` is what a commissioning run measured: below it is off.
    """
    bands = DEFAULTS[role]
    seen = histogram.between(0, inf)
    if sum(n for _, n in seen) < _SAMPLES:
        return bands
    idle_from_w = _gap(
        seen, _RUNS_RATIO, low_max_w=_STANDBY_MAX_W, high_min_w=bands.idle_from_w
    )
    if idle_from_w is None:
        idle_from_w = bands.idle_from_w
    standby_from_w = bands.standby_from_w
    if off_band is not None:
        standby_from_w = off_band.below_w
    elif told := _asleep_from_w(histogram, idle_from_w):
        standby_from_w = told
    active_from_w = bands.active_from_w
    if active_from_w is not None:
        active_from_w = idle_from_w
    else:
        active_from_w = _gap(histogram.between(idle_from_w, inf), _WORKS_RATIO)
    return Bands(
        standby_from_w=min(standby_from_w, idle_from_w),
        idle_from_w=idle_from_w,
        active_from_w=active_from_w,
    )


def narrow_off_band(histogram: PowerHistogram) -> OffBand:
    """Return where a computer is off that no commissioning run has measured.

    What it was seen to draw may only narrow the band that holds for all: where it
    sleeps, or idles, it is not off.
    """
    if histogram.samples < _SAMPLES:
        return UNLEARNT
    idle_from_w = learn(histogram, Role.COMPUTER).idle_from_w
    below_w = _asleep_from_w(histogram, idle_from_w) or idle_from_w
    return OffBand(below_w=min(UNLEARNT.below_w, below_w))


def _asleep_from_w(histogram: PowerHistogram, idle_from_w: float) -> float | None:
    """Return what tells asleep from off; None when nothing does."""
    return _gap(histogram.between(0, idle_from_w), _SLEEPS_RATIO)


def _gap(
    seen: list[tuple[float, float]],
    ratio: float,
    *,
    low_max_w: float = inf,
    high_min_w: float = 0.0,
) -> float | None:
    """Return where a histogram falls into two; None when it does not.

    The split with the greatest variance between its sides (Otsu 1979), put into the
    middle of the gap. ``ratio`` is the least between the sides' means, of which the
    lower is at most ``low_max_w`` and the upper at least ``high_min_w``.
    """
    total = sum(n for _, n in seen)
    if len(seen) < 2:
        return None
    steps = [(_step(power_w), n) for power_w, n in seen]
    sums = list(accumulate(s * n for s, n in steps))
    counts = list(accumulate(n for _, n in steps))
    side = max(_SIDE, _SIDE_SHARE * total)
    best: tuple[float, int] | None = None
    for index in range(len(steps) - 1):
        below, above = counts[index], total - counts[index]
        if min(below, above) < side:
            continue
        means = sums[index] / below, (sums[-1] - sums[index]) / above
        low_w, high_w = map(_power_w, means)
        if high_w < ratio * low_w or low_w > low_max_w or high_w < high_min_w:
            continue
        variance = below * above * (means[1] - means[0]) ** 2
        if best is None or variance > best[0]:
            best = variance, index
    if best is None:
        return None
    below_w, above_w = _edges(seen, best[1])
    return sqrt(max(below_w, MEASURABLE_W / 2) * above_w)


def _edges(seen: list[tuple[float, float]], index: int) -> tuple[float, float]:
    """Return the end of the lower side and the begin of the upper one.

    Stragglers, as of a start that a sample caught, do not count.
    """
    rare = _SIDE_SHARE / 2 * sum(n for _, n in seen)
    low, high = index, index + 1
    left = 0.0
    while low > 0 and left + seen[low][1] <= rare:
        left += seen[low][1]
        low -= 1
    left = 0.0
    while high < len(seen) - 1 and left + seen[high][1] <= rare:
        left += seen[high][1]
        high += 1
    return seen[low][0], seen[high][0]


def _step(power_w: float) -> int:
    return round(log1p(power_w / _SCALE_W) / _STEP)


def _power_w(step: float) -> float:
    return _SCALE_W * (exp(step * _STEP) - 1)
