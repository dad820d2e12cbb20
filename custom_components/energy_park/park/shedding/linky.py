"""A Linky's reading, as shedding sees it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp
from typing import Final

from .limits import RATE, LinkyFilter
from .supply import VOLTAGE_V, Supply

# So many of the latest readings are kept.
RECENT: Final = 6
# Nobody knows where the meter's seconds begin. A change within one is told as two, the
# first one early, which is worth what the seconds of two frames have in common.
SECOND_S: Final = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """How a meter speaks.

    Each ``every_s`` a frame tells the rms of the last whole second before it began,
    ``told_s`` after that.
    """

    every_s: float
    told_s: float

    @property
    def lag_s(self) -> float:
        """How much older what it tells is than the time since the frame before.

        Half of the second, half a second's wait for the frame, and its time.
        """
        return 1.0 + self.told_s - self.every_s / 2


# The frames of a single-phase meter.
HISTORIQUE: Final = Feed(every_s=1.3, told_s=1.3)
STANDARD: Final = Feed(every_s=0.95, told_s=0.9)


def linky_supply(
    *,
    phase: int | None = None,
    limit_va: float,
    power_va: float,
    power_max_va: float,
    filtered_va2: float,
    ceiling_va2: float,
    warming_up: bool,
    feed: Feed,
    read_at: datetime,
    before: Supply | None,
    early: bool = False,
) -> Supply:
    """Return the supply of one phase from its reading and its trip filter.

    ``limit_va`` is the phase's share of the cut-off power, ``filtered_va2`` is Y as it
    follows from the readings and ``ceiling_va2`` the largest Y that cannot be
    excluded. What changed since the reading ``before`` did so half a frame after its
    second, or at any time up to the present one's: so much of Y is in doubt, until the
    filter forgets. No more is to be feared, unless the filter is ``warming_up``.

    An ``early`` warning is in whole amperes: it is no news unless it tells more than
    was told ``before``, and its frame's own power, soon after, takes its place.
    """
    if before is not None:
        before = before.sure or before
    if early:
        if before is not None and abs(power_va - before.power) <= VOLTAGE_V:
            return before
        power_max_va = power_va
    told = LinkyFilter(
        limit_va=limit_va, filtered_va2=filtered_va2, ceiling_va2=filtered_va2
    )
    # A slow reader's lag is negative: it is left out, and is in doubt instead.
    lag_s = max(feed.lag_s, 0.0)
    likely_va2 = told.follow(power_va, lag_s).filtered_va2
    rounded_va2 = power_max_va**2 - power_va**2
    doubt_va2 = 0.0
    if before is not None:
        gap_s = (read_at - before.read_at).total_seconds()
        change_va2 = abs(power_max_va**2 - before.power_max**2)
        doubt_va2 = before.doubt * exp(RATE * gap_s)
        doubt_s = max(gap_s, feed.every_s) - feed.every_s / 2 + SECOND_S
        doubt_s += lag_s - feed.lag_s
        doubt_va2 -= RATE * doubt_s * change_va2
    if not warming_up:
        ceiling_va2 = min(ceiling_va2, likely_va2 + doubt_va2 + rounded_va2)
    trip = LinkyFilter(
        limit_va=limit_va,
        filtered_va2=likely_va2,
        ceiling_va2=max(ceiling_va2, likely_va2),
    )
    return Supply(
        phase=phase,
        limits=(trip,),
        subscribed=limit_va,
        power=power_va,
        power_max=power_max_va,
        recent=(
            *(before.recent[-RECENT + 1 :] if before else ()),
            (read_at, power_max_va),
        ),
        read_at=read_at,
        measured_from=read_at - timedelta(seconds=feed.told_s + 2),
        measured_to=read_at - timedelta(seconds=feed.told_s),
        every_s=feed.every_s,
        doubt=doubt_va2,
        sure=before if early else None,
    )
