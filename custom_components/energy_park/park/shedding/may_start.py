"""Whether a large load may start: asked before, nothing needs to be shed after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from typing import Final, Literal

from .state import Pending, State
from .supply import Supply, View

# Whoever was told that he may start does so within that time, and counts as started.
PROMISED_FOR = timedelta(seconds=30)
# So far ahead, and so finely, is it worked out when a load will fit.
_LOOK_AHEAD = timedelta(hours=1)
_STEP = timedelta(seconds=10)

# A load of three phases draws a third of its power from each.
ALL_PHASES: Final = "all"
type Phase = int | Literal["all"] | None


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


def may_start(view: View, state: State, power: float, phase: Phase = None) -> MayStart:
    """Answer whether a load of this power may start now.

    ``power`` is in the unit of the contract, VA or W. What was just promised or
    restored on the same phase, and is not drawn yet, counts.
    """
    if not view.is_fresh:
        return MayStart(verdict=Verdict.SILENT)
    added = {
        supply.phase: _share(supply, power, phase) + _promised(supply, state)
        for supply in view.supplies
        if phase == ALL_PHASES or supply.feeds(phase)
    }
    held_s = min(
        limit.held_s(supply.power_max + added[supply.phase])
        for supply, limits in view.limited
        if supply.phase in added
        for limit in limits
    )
    fits_from = _fits_from(view, added)
    if state.over_since is not None:
        verdict = Verdict.SHEDDING
    elif fits_from == view.now:
        verdict = Verdict.FITS
    else:
        verdict = Verdict.TOO_LARGE
    return MayStart(
        verdict=verdict,
        held_s=None if held_s == inf else held_s,
        fits_from=fits_from,
    )


def _share(supply: Supply, power: float, phase: Phase) -> float:
    """Return what of a load may be drawn from a supply that it may hang on."""
    return power / 3 if phase == ALL_PHASES and supply.phase is not None else power


def _promised(supply: Supply, state: State) -> float:
    """Return what is about to be drawn from a supply."""
    return sum(
        pending.added_w
        for pending in state.pending.values()
        if pending.added_w > 0 and supply.feeds(pending.phase)
    )


def _fits_from(view: View, added: Mapping[int | None, float]) -> datetime | None:
    """Return when what is added will fit if the present power stays."""
    share = view.policy.restore_share
    for step in range(_LOOK_AHEAD // _STEP + 1):
        at = view.now + step * _STEP
        if all(
            limit.fits(supply.power_max, added[supply.phase], share)
            for supply, limits in replace(view, now=at).limited
            if supply.phase in added
            for limit in limits
        ):
            return at
    return None


def promised(
    state: State, name: str, power: float, phase: Phase, now: datetime
) -> State:
    """Count a load that was told that it may start, until the meter shows it."""
    each = Pending(
        added_w=power, phase=None, at=now, acts_by=now + PROMISED_FOR, answered=True
    )
    if phase == ALL_PHASES:
        parts = {
            f"{name}_{number}": replace(each, added_w=power / 3, phase=number)
            for number in (1, 2, 3)
        }
    else:
        parts = {name: replace(each, phase=phase)}
    return replace(state, pending={**state.pending, **parts})
