"""A power that the contract will not bear: what to cut for it, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from .choice import Candidate, candidate, choose
from .limits import Limit
from .loads import DRAWS_FROM_W, Blocked, Load
from .orders import may_be_cut
from .phases import to_try, try_s
from .state import Pending, State
from .supply import RISE_SHARE, Supply, View

# Beside the plugs' own delays: what the event loop and the network may add.
SPARE_S = 0.3
# A load that takes such a share of the power is worth asking.
WATCHED_SHARE = 0.05
# Of the time that a power may be held, so much is left to it to end by itself where all
# that can be cut will not do.
HOPE_SHARE = 0.25
# A power that rises by such a share within a reading may go on rising.
LEAP_SHARE = 0.25
# Of a slower reader hardly any reading falls into a rise.
LEAP_WITHIN_S = 10.0
# A meter shows what has changed by then.
UNSEEN_FOR = timedelta(seconds=4)


@dataclass(frozen=True, slots=True)
class Excess:
    """A power that a limit will not bear: what to cut, and how long that can wait.

    ``watched`` are the loads that matter for it. It is ``short`` while what is known
    to draw will not do, and not ``enough`` if what may draw will not do either.
    """

    held_s: float
    slack_s: float
    chosen: Sequence[Candidate]
    watched: Sequence[Load]
    enough: bool = True
    short: bool = False


def excesses(view: View, state: State) -> list[Excess]:
    """Return what the present powers lead to, limit by limit."""
    found: list[Excess] = []
    for supply, limits in view.limited:
        # More may be ordered off than the meter shows: what is left is no overload.
        power = max(supply.power_max - _ordered_w(view, state, supply), 0.0)
        doubted = supply.power_max - _ordered_w(view, state, supply, sure=True)
        doubted = max(doubted, 0.0)
        if all(limit.held_s(doubted) == inf for limit in limits):
            continue
        unseen_w = _unseen_w(view, state, supply)
        power, doubted = max(power - unseen_w, 0.0), max(doubted - unseen_w, 0.0)
        for limit in limits:
            if limit.held_s(power) != inf:
                found.append(_excess(view, state, supply, limit, power))
            elif limit.held_s(doubted) != inf:
                found.append(_doubt(view, state, supply, limit, doubted))
    return found


def _ordered_w(
    view: View, state: State, supply: Supply, *, sure: bool = False
) -> float:
    """Return what was ordered off and is in the meter's power still.

    A reading that was measured while the plug acted shows a part of it. What was cut
    on a guess counts unless it must be ``sure``.
    """
    reliefs_w = [
        (pending, _relief_w(view.loads.get(load), pending, supply, sure=sure))
        for load, pending in state.pending.items()
        if pending.added_w < 0 and supply.feeds(pending.phase)
    ]
    shown = [one for one in reliefs_w if one[0].acts_by <= supply.measured_to]
    shown_w = sum(relief_w for _, relief_w in shown)
    hidden_w = sum(relief_w for _, relief_w in reliefs_w) - shown_w
    if shown:
        shown_w -= min(shown_w, supply.fallen(min(cut.at for cut, _ in shown)))
    return shown_w + hidden_w


def _relief_w(load: Load | None, cut: Pending, supply: Supply, *, sure: bool) -> float:
    """Return what an order takes off.

    Whether a guess was right its plug may tell while it acts, or the meter as soon as
    it shows a fall.
    """
    if not cut.guessed or load is None:
        return -cut.added_w
    if sure and supply.fallen(cut.at) < RISE_SHARE * supply.power_max:
        return max((power for at, power in load.recent if at > cut.at), default=0.0)
    if load.on and load.read_since(cut.at):
        return load.draw_w or 0.0
    return -cut.added_w


def _unseen_w(view: View, state: State, supply: Supply) -> float:
    """Return what the plugs know of a fall that the meter does not show yet.

    Once the meter has begun to show it, the meter is right.
    """
    since = view.now - UNSEEN_FOR
    fallen_w = sum(
        load.fallen_w(since, supply.measured_to)
        for load in view.loads.values()
        if supply.phase in {None, load.phase} and load.id not in state.shed
    )
    shown = max((power for at, power in supply.recent if at >= since), default=0.0)
    shown -= supply.power_max
    return fallen_w if shown < fallen_w / 2 else 0.0


def _excess(
    view: View, state: State, supply: Supply, limit: Limit, power: float
) -> Excess:
    """Return what to cut, and how long that can wait.

    Time is left for a second order, should the first one fail.
    """

    def latest_s(relief_w: float, share: float) -> float:
        return limit.latest_s(power, (power - relief_w) / share)

    firm = _firm(view, state, supply)
    watched = [one.load for one in firm if one.relief_w >= WATCHED_SHARE * power]
    share = view.policy.shed_share
    chosen = choose(firm, lambda relief_w: latest_s(relief_w, share) >= 0)
    short = False
    if chosen is None:
        short = latest_s(sum(one.relief_w for one in firm), 1.0) < 0
        everything = _possible(view, state, supply)
        # Also what never drew yet may have begun.
        watched = _cuttable(view, state, supply)
        chosen = choose(everything, lambda relief_w: latest_s(relief_w, share) >= 0)
    if chosen is None:
        share = 1.0
        chosen = choose(everything, lambda relief_w: latest_s(relief_w, share) >= 0)
    held_s = limit.held_s(power)
    unplaced = () if chosen else _unplaced(view, state, supply)
    if chosen is None and unplaced:
        # Any of them may do: they are tried as late as leaves time for each, and more.
        left_s = held_s - SPARE_S - 2 * _delay_s([*everything, *unplaced])
        each_s = try_s(supply, _delay_s(unplaced))
        tried = to_try(unplaced, left_s, each_s)
        slack_s = left_s - each_s * (len(unplaced) + 1)
        watched = [one.load for one in (*everything, *unplaced)]
        return Excess(held_s, slack_s, [*everything, *tried], watched, short=True)
    if chosen is None:
        # All that can go will not do, but gains the more time the earlier it goes.
        short_s = (view.now - (state.short_since or view.now)).total_seconds()
        hope_s = max((held_s + short_s) * HOPE_SHARE, UNSEEN_FOR.total_seconds())
        slack_s = min(hope_s - short_s, held_s - _delay_s(everything))
        return Excess(held_s, slack_s, everything, watched, enough=False, short=True)
    needed_s = SPARE_S + 2 * _delay_s(chosen)
    slack_s = latest_s(sum(one.relief_w for one in chosen), share) - needed_s
    if _leaps(supply, limit, power, needed_s):
        slack_s = min(slack_s, 0.0)
    watched += [one.load for one in chosen if one.load not in watched]
    return Excess(held_s, slack_s, chosen, watched, short=short)


def _doubt(
    view: View, state: State, supply: Supply, limit: Limit, power: float
) -> Excess:
    """Return what else to cut if the guess was wrong, once that is known to draw."""
    share = view.policy.shed_share

    def latest_s(relief_w: float) -> float:
        return limit.latest_s(power, (power - relief_w) / share)

    held_s = slack_s = limit.held_s(power)
    firm = _firm(view, state, supply)
    chosen = choose(firm, lambda relief_w: latest_s(relief_w) >= 0) or ()
    if chosen:
        slack_s = latest_s(sum(one.relief_w for one in chosen))
        slack_s -= SPARE_S + 2 * _delay_s(chosen)
    return Excess(held_s, slack_s, chosen, _cuttable(view, state, supply))


def _delay_s(chosen: Sequence[Candidate]) -> float:
    """Return how long it takes until all are off."""
    return max((one.load.delay_s for one in chosen), default=0.0)


def _leaps(supply: Supply, limit: Limit, power: float, needed_s: float) -> bool:
    """Return whether the next reading may come too late.

    A power that leaps up may be on its way still, as a reading is a mean.
    """
    rise = supply.power_max - supply.before_max
    if rise < LEAP_SHARE * supply.power_max:
        return False
    next_s = min(supply.every_s, LEAP_WITHIN_S)
    return limit.held_s(power + rise) < needed_s + next_s


def _firm(view: View, state: State, supply: Supply) -> list[Candidate]:
    """Return the loads that are known to draw from this supply."""
    return [
        candidate(load, load.draw_w or 0.0, view.now, state.cut_at(load.id))
        for load in view.loads.values()
        if supply.phase in {None, load.phase}
        and may_be_cut(state, load, view.now)
        and load.blocked(view.now) is None
    ]


def _possible(view: View, state: State, supply: Supply) -> list[Candidate]:
    """Return also the loads that may have begun to draw since they were read."""
    since = supply.risen_at or state.over_since or view.now
    found = []
    for load in _cuttable(view, state, supply):
        relief_w = load.draw_w or 0.0
        if not load.read_since(since):
            relief_w = max(relief_w, load.usual_w or 0.0)
        if relief_w >= DRAWS_FROM_W and supply.phase in {None, load.phase}:
            found.append(candidate(load, relief_w, view.now, state.cut_at(load.id)))
    return found


def _unplaced(view: View, state: State, supply: Supply) -> list[Candidate]:
    """Return the loads that draw and of which nobody knows whether they do so here."""
    if supply.phase is None:
        return []
    return [
        candidate(load, load.draw_w or 0.0, view.now, state.cut_at(load.id))
        for load in view.loads.values()
        if load.phase is None
        and may_be_cut(state, load, view.now)
        and load.blocked(view.now) is None
    ]


def _cuttable(view: View, state: State, supply: Supply) -> list[Load]:
    """Return the loads that may be cut if they draw, and may hang on this supply."""
    return [
        load
        for load in view.loads.values()
        if supply.feeds(load.phase)
        and may_be_cut(state, load, view.now)
        and load.blocked(view.now) in {None, Blocked.IDLE}
    ]
