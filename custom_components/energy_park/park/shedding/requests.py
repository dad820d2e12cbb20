"""Shedding because somebody asks for it: by power, by sector, or all that may go."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from .choice import candidate, choose
from .loads import Load
from .orders import ShedOrder, may_be_cut, shed
from .state import Cause, State


def request(
    now: datetime,
    loads: Mapping[str, Load],
    state: State,
    *,
    power_w: float | None = None,
    sectors: Collection[str] | None = None,
    from_priority: int = 1,
    lasting: timedelta | None = None,
) -> tuple[State, tuple[ShedOrder, ...]]:
    """Shed on request what draws, the least important first.

    ``power_w`` is how much, None is all; only in ``sectors``, and only what is as
    unimportant as ``from_priority``, 1 to 10. It stays off for ``lasting``, or until
    ``end``. What a person keeps on stays on: the sum of the orders tells how much of
    the wish came true.
    """
    found = [
        candidate(load, load.draw_w or 0.0, now, None)
        for load in loads.values()
        if may_be_cut(state, load, now)
        and not load.held
        and load.priority >= from_priority
        and (sectors is None or load.sector in sectors)
        and load.blocked(now) is None
    ]
    chosen = found
    if power_w is not None:
        chosen = choose(found, lambda relief_w: relief_w >= power_w) or found
    until = None if lasting is None else now + lasting
    orders = []
    for one in chosen:
        state, order = shed(state, one.load, one.relief_w, Cause.REQUEST, now, until)
        orders.append(order)
    return state, tuple(orders)


def end(now: datetime, state: State, loads: Collection[str] | None = None) -> State:
    """Let what is shed come back as soon as it fits; None is all of it.

    That ends a request, and a person's wait for what is off for its time.
    """
    return replace(
        state,
        shed={
            load: replace(shed, until=now) if loads is None or load in loads else shed
            for load, shed in state.shed.items()
        },
    )
