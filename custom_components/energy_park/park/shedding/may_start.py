"""Whether a large load may start: asked before, nothing needs to be shed after."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf

from .state import Pending, State
from .supply import View

# Whoever was told that he may start does so within that time, and counts as started.
PROMISED_FOR = timedelta(seconds=30)
# So far ahead, and so finely, is it worked out when a load will fit.
_LOOK_AHEAD = timedelta(hours=1)
_STEP = timedelta(seconds=10)


class Verdict(StrEnum):
    """Why a load may start or not."""

    FITS = "fits"
    TOO_LARGE = "too_large"
    SILENT = "silent"
    SHEDDING = "shedding"


@dataclass(frozen=True, slots=True, kw_only=True)
class MayStart:
    """The answer; ``held_s`` is how long the meter would bear it, None is for ever.

    ``fits_from`` is when it will fit if all goes on as it is; None is not within an
    hour, or not known.
    """

    verdict: Verdict
    held_s: float | None = None
    fits_from: datetime | None = None

    @property
    def fits(self) -> bool:
        """Whether it may start and go on for ever."""
        return self.verdict is Verdict.FITS


def may_start(
    view: View, state: State, power: float, phase: int | None = None
) -> MayStart:
    """Answer whether a load of this power may start now.

    ``power`` is in the unit of the contract, VA or W. What was just promised or
    restored, and is not drawn yet, counts.
    """
    if view.is_silent:
        return MayStart(verdict=Verdict.SILENT)
    power += sum(
        pending.added_w for pending in state.pending.values() if pending.added_w > 0
    )
    held_s = min(
        limit.held_s(supply.power_max + power)
        for supply, limits in view.limited
        if supply.feeds(phase)
        for limit in limits
    )
    if state.over_since is not None:
        verdict = Verdict.SHEDDING
    elif view.fits(power, phase):
        verdict = Verdict.FITS
    else:
        verdict = Verdict.TOO_LARGE
    return MayStart(
        verdict=verdict,
        held_s=None if held_s == inf else held_s,
        fits_from=_fits_from(view, power, phase),
    )


def _fits_from(view: View, power: float, phase: int | None) -> datetime | None:
    """Return when a load will fit if the present power stays."""
    for step in range(_LOOK_AHEAD // _STEP + 1):
        at = view.now + step * _STEP
        if replace(view, now=at).fits(power, phase):
            return at
    return None


def promised(
    state: State, name: str, power: float, phase: int | None, now: datetime
) -> State:
    """Count a load that was told that it may start, until the meter shows it."""
    pending = Pending(
        added_w=power,
        phase=phase,
        at=now,
        acts_by=now + PROMISED_FOR,
        answered=True,
    )
    return replace(state, pending={**state.pending, name: pending})
