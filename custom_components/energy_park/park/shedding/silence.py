"""What a silent meter costs, if its silence is to cost anything."""

from dataclasses import replace
from datetime import datetime

from .choice import candidate, choose
from .orders import ShedOrder, may_be_cut, shed
from .policy import Silence
from .state import Cause, State
from .supply import View


def step_down(view: View, state: State) -> tuple[State, list[ShedOrder]]:
    """Shed one load after the other while the meter is silent, if that is wished."""
    if view.policy.silence is Silence.HOLD or view.now < next_step(view, state):
        return state, []
    candidates = [
        candidate(load, load.draw_w or 0.0, view.now, state.cut_at(load.id))
        for load in view.loads.values()
        if may_be_cut(state, load, view.now) and load.blocked(view.now) is None
    ]
    state = replace(state, stepped_at=view.now)
    # The first one that takes anything off is enough for a step.
    for one in choose(candidates, lambda relief_w: relief_w > 0) or ():
        state, order = shed(state, one.load, one.relief_w, Cause.SILENCE, view.now)
        return state, [order]
    return state, []


def next_step(view: View, state: State) -> datetime:
    """Return when the silence costs the next load."""
    times = (state.silent_since, state.stepped_at)
    return max(at for at in times if at is not None) + view.policy.step_every
