"""What the steps of an energy index say of the power behind it.

The meter tells no instantaneous active power (Enedis-NOI-CPT_54E knows only VA). Its
indexes count whole Wh and are refreshed once a second: a step is known to the Wh, and
to the time between two frames. So the mean power between two steps has bounds.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

# Longer than this no mean is of interest.
WINDOW_MAX_S = 300.0
# After this long without a reading the time of a step is not known.
GAP_S = 15.0
# An index may be one refresh older than its frame.
REFRESH_S = 1.0
# No frame is as short: what comes at once was held up on its way.
BURST_S = 0.3


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the mean active power was at least and at most, from when until when."""

    low_w: float
    high_w: float
    since: datetime
    until: datetime

    @property
    def middle_w(self) -> float:
        """The power in the middle."""
        return (self.low_w + self.high_w) / 2

    @property
    def half_w(self) -> float:
        """How far the bounds are from the middle."""
        return (self.high_w - self.low_w) / 2

    def meets(self, other: Bounds) -> bool:
        """Return whether both can be the same power."""
        return self.low_w <= other.high_w and other.low_w <= self.high_w


@dataclass(frozen=True, slots=True)
class _Step:
    """An index that was first seen at ``at``, and not yet at ``after``."""

    energy_wh: int
    after: datetime
    at: datetime


class IndexPower:
    """The power behind one index of whole Wh that only rises."""

    def __init__(self) -> None:
        """Start without an index."""
        self._steps: deque[_Step] = deque()
        self._last: _Step | None = None
        self._began: datetime | None = None

    def restart(self) -> None:
        """Forget what was before now: the power has changed."""
        self._steps.clear()
        self._last = None

    def update(self, index_wh: int, now: datetime) -> None:
        """Take the index of a reading; one that fell or jumped a gap starts afresh."""
        last, self._last = self._last, _Step(index_wh, now, now)
        if last is None or not _follows(last, self._last):
            # The step of this index was not seen.
            self._steps.clear()
            self._began = now
        elif index_wh > last.energy_wh:
            self._steps.append(_Step(index_wh, last.at, now))
            while _seconds(self._steps[0].at, now) > WINDOW_MAX_S:
                self._steps.popleft()

    def wait(self, now: datetime) -> Bounds | None:
        """Return what the wait for the next step leaves: less than one Wh came."""
        if self._last is None or _seconds(self._last.at, now) > GAP_S:
            return None
        since = self._steps[-1].at if self._steps else self._began
        if since is None or (waited_s := _seconds(since, now) - REFRESH_S) <= 0:
            return None
        return Bounds(0.0, 3600 / waited_s, since, now)

    def steps(self) -> Iterator[Bounds]:
        """Yield the bounds up to the last step, from ever earlier ones."""
        for first in reversed(self._steps):
            if (bounds := self._between(first)) is not None:
                yield bounds

    def longest(self) -> Bounds | None:
        """Return the bounds from the first step to the last."""
        return self._between(self._steps[0]) if self._steps else None

    def _between(self, first: _Step) -> Bounds | None:
        """Return the bounds from a step to the last; None when they are too near."""
        last = self._steps[-1]
        longest_s = _seconds(first.after, last.at) + REFRESH_S
        shortest_s = _seconds(first.at, last.after) - REFRESH_S
        if shortest_s <= 0:
            return None
        energy_ws = 3600 * (last.energy_wh - first.energy_wh)
        return Bounds(energy_ws / longest_s, energy_ws / shortest_s, first.at, last.at)


def _follows(last: _Step, step: _Step) -> bool:
    """Return whether an index goes on from another, at a time that is known."""
    timely = BURST_S <= _seconds(last.at, step.at) <= GAP_S
    return timely and last.energy_wh <= step.energy_wh


def _seconds(since: datetime, until: datetime) -> float:
    return (until - since).total_seconds()
