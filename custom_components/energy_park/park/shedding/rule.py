"""Which loads are shed so that the contract's limit is not passed, and which return.

It sheds as late as is safe and as little as is enough: what the meter survives costs
nothing, and what it would not survive is cut in time. ``decide`` is called on each
reading of the meter, on each answer of a plug, and at the time that it names itself.
What was ordered counts as done until a reading can show it, or the plug's time is
over: so nothing is shed twice, and a plug that does not answer counts as drawing.

All functions are pure: they take the state and the time, and return what follows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import inf

from .excess import Excess, excesses
from .orders import ShedOrder, restore, settled, shed
from .phases import phases_seen, placed
from .policy import Silence
from .restoring import next_restored, next_rotated
from .silence import next_step, step_down
from .state import Cause, State
from .supply import View

# The reading of a plug that matters may be as old as such a share of the time that is
# left, within these bounds.
ASK_SHARE = 0.2
ASK_LEAST_S, ASK_MOST_S = 0.4, 10.0
# So long before the last moment the plugs are asked once more.
ASK_BEFORE_S = 0.5
_TICK = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What follows: the state, the orders, and what is to be known of them.

    ``left_s`` is how long the present power may be held, None is for ever. ``ready``
    are the loads to be cut if it stays, ``ask`` those whose plugs are to be asked
    now, as their reading grows old for that. ``enough`` tells whether that will do.
    ``learnt`` are the phases of loads that the meter has shown with this reading.
    ``decide_at`` is when to decide again though nothing is heard.
    """

    state: State
    orders: tuple[ShedOrder, ...] = ()
    left_s: float | None = None
    ready: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    enough: bool = True
    learnt: Mapping[str, int] = field(default_factory=dict)
    decide_at: datetime | None = None


def decide(view: View, state: State) -> Decision:
    """Decide what is to be shed or restored now."""
    learnt = phases_seen(view, state)
    state = settled(view, placed(state, learnt))
    orders: list[ShedOrder] = []
    while found := excesses(view, state):
        urgent = [one for one in found if one.slack_s <= 0 and one.chosen]
        if not urgent:
            break
        for one in urgent[0].chosen:
            state, order = shed(state, one.load, one.relief_w, Cause.LIMIT, view.now)
            orders.append(order)
    if bool(found) is (state.over_since is None):
        state = replace(state, over_since=view.now if found else None)
    short = any(one.short for one in found)
    if short is (state.short_since is None):
        state = replace(state, short_since=view.now if short else None)
    if view.is_silent is (state.silent_since is None):
        state = replace(state, silent_since=view.now if view.is_silent else None)

    if state.silent_since is not None:
        state, more = step_down(view, state)
        orders += more
    elif state.shed and not found and not orders:
        state, more = _bring_back(view, state)
        orders += more

    held_s = min((one.held_s for one in found), default=inf)
    return Decision(
        state=state,
        orders=tuple(orders),
        left_s=None if held_s == inf else held_s,
        ready=tuple(c.load.id for one in found for c in one.chosen),
        ask=_to_ask(view, found),
        enough=not short,
        learnt=learnt,
        decide_at=_decide_at(view, state, found),
    )


def _to_ask(view: View, found: Sequence[Excess]) -> tuple[str, ...]:
    """Return the loads of which more should be known, the more the nearer the end."""
    ask = []
    for excess in found:
        age_s = min(max(excess.slack_s * ASK_SHARE, ASK_LEAST_S), ASK_MOST_S)
        since = view.now - timedelta(seconds=age_s)
        ask += [load.id for load in excess.watched if not load.read_since(since)]
    return tuple(dict.fromkeys(ask))


def _bring_back(view: View, state: State) -> tuple[State, list[ShedOrder]]:
    """Restore a load, or let heaters change places."""
    if load := next_restored(view, state):
        state, order = restore(state, load, view.now, view.policy.settle)
        return state, [order]
    if load := next_rotated(view, state):
        power_w = load.draw_w or 0.0
        state, order = shed(state, load, power_w, Cause.ROTATION, view.now)
        return state, [order]
    return state, []


def _decide_at(view: View, state: State, found: Sequence[Excess]) -> datetime | None:
    """Return when the time alone will change the decision."""
    waits_s = [one.slack_s for one in found if 0 < one.slack_s < inf]
    waits_s += [wait_s - ASK_BEFORE_S for wait_s in waits_s if wait_s > ASK_BEFORE_S]
    times = [view.now + timedelta(seconds=wait_s) for wait_s in waits_s]
    times += [
        pending.acts_by for pending in state.pending.values() if not pending.answered
    ]
    if state.silent_since is None and view.heard_at is not None:
        times.append(view.heard_at + view.silent_after)
    elif view.policy.silence is Silence.STEP_DOWN:
        times.append(next_step(view, state))
    # Just after it, so that what was to happen by then has.
    soon = view.now + _TICK
    return max(min(times) + _TICK, soon) if times else None
