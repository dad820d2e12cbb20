"""Energy totals that survive a device's reset, and sums that admit gaps."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from ..model import SocketReading
from .alarms import is_impossible

# A counter that falls by less is a device that lost its last unsaved Wh, not a
# reset: counting from zero again would add its whole life a second time.
_SMALL_FALL = 0.5


@dataclass(frozen=True, slots=True)
class EnergyTotal:
    """A total that only grows, fed by a counter that may start again.

    ``raw_wh`` is the device's counter as last seen; None before the first one.
    ``run`` names the run of that counter, where the device has names for them.
    """

    total_wh: float = 0.0
    raw_wh: float | None = None
    run: str | None = None

    def follow(self, raw_wh: float, run: str | None = None) -> EnergyTotal:
        """Return the total after the device's counter shows ``raw_wh``.

        The first value seen is where the total begins. A counter under another name
        started again from zero, and so did one that fell to less than half: what it
        shows now was drawn since. A smaller fall is a loss of the device's memory
        and adds nothing.
        """
        if self.raw_wh is None:
            return EnergyTotal(raw_wh, raw_wh, run)
        if run is not None and self.run is not None and run != self.run:
            added = raw_wh
        elif raw_wh >= self.raw_wh:
            added = raw_wh - self.raw_wh
        else:
            added = raw_wh if raw_wh < self.raw_wh * _SMALL_FALL else 0.0
        return EnergyTotal(self.total_wh + added, raw_wh, run or self.run)


@dataclass(frozen=True, slots=True)
class CounterWatch:
    """Counts what a device's counter should not do: fall, and jump.

    A jump is more than the socket can carry in the time since the counter moved
    last: many show tens of Wh at once. ``last_at`` is when it did either.
    """

    resets: int = 0
    jumps: int = 0
    last_at: datetime | None = None
    moved_at: datetime | None = None

    def follow(
        self, before_wh: float | None, raw_wh: float, rated_w: float, now: datetime
    ) -> CounterWatch:
        """Return the watch after the counter shows ``raw_wh``."""
        if before_wh is None or raw_wh == before_wh:
            return self
        moved = replace(self, moved_at=now)
        if raw_wh < before_wh:
            return replace(moved, resets=self.resets + 1, last_at=now)
        since = self.moved_at
        if since is None or not is_impossible(raw_wh - before_wh, now - since, rated_w):
            return moved
        return replace(moved, jumps=self.jumps + 1, last_at=now)


@dataclass(frozen=True, slots=True)
class PowerSum:
    """Active power of several sockets: the sum, and how many of them it holds.

    ``power_w`` is None when no socket gives its power.
    """

    power_w: float | None
    measured: int
    total: int


def sum_power(readings: Iterable[SocketReading | None]) -> PowerSum:
    """Add the active powers that are known; a socket without reading is unknown."""
    powers: list[float] = []
    total = 0
    for reading in readings:
        total += 1
        if reading is not None and reading.power_w is not None:
            powers.append(reading.power_w)
    return PowerSum(sum(powers) if powers else None, len(powers), total)
