"""Loads of which nobody knows the phase: tried one after the other, and learnt."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from .choice import Candidate
from .state import State
from .supply import Supply, View

# A cut is seen on a phase that falls by such a share of it, and hardly any other one.
SEEN_SHARE = 0.6
OTHERS_SHARE = 0.2
# Less may be anything.
SEEN_FROM_W = 100.0


def try_s(supply: Supply, delay_s: float) -> float:
    """Return how long it takes until a cut is seen, or seen to do nothing here."""
    told_s = (supply.read_at - supply.measured_from).total_seconds()
    return delay_s + told_s + supply.every_s


def to_try(
    unplaced: Sequence[Candidate], left_s: float, each_s: float
) -> Sequence[Candidate]:
    """Return what is tried next: one load, or more where the time is short.

    The least important come first, and of these the largest.
    """
    tries = max(int(left_s / each_s), 1)
    by_turn = sorted(unplaced, key=lambda one: (one.turn, -one.relief_w))
    return by_turn[: ceil(len(by_turn) / tries)]


def phases_seen(view: View, state: State) -> dict[str, int]:
    """Return the phase of a load whose cut the meter shows by now, if it is clear."""
    cuts = [one for one in state.pending.items() if one[1].added_w < 0]
    if len(cuts) != 1 or len(view.supplies) < 2:
        return {}
    [(name, cut)] = cuts
    load = view.loads.get(name)
    if load is None or load.phase is not None or not cut.answered:
        return {}
    if not all(supply.knows(cut.acts_by) for supply in view.supplies):
        return {}
    falls = {supply.phase: supply.fallen(cut.at) for supply in view.supplies}
    phase = max(falls, key=lambda one: falls[one])
    fallen, relief_w = falls.pop(phase), -cut.added_w
    if (
        phase is None
        or relief_w < SEEN_FROM_W
        or not SEEN_SHARE <= fallen / relief_w <= 1 / SEEN_SHARE
        or max(falls.values()) > OTHERS_SHARE * relief_w
    ):
        return {}
    return {name: phase}


def placed(state: State, phases: Mapping[str, int]) -> State:
    """Take note of where what is shed hangs: only there need it fit again."""
    known = {
        load: replace(state.shed[load], phase=phase)
        for load, phase in phases.items()
        if load in state.shed
    }
    return replace(state, shed={**state.shed, **known}) if known else state
