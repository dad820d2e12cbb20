"""Shedding because somebody asks for it: by power, by sector, or all that may go."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from .choice import Candidate, candidate, choose
from .loads import Load
from .orders import ShedOrder, is_shed, may_be_cut, shed
from .state import Cause, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """What a request comes to.

    ``kept_off`` was shed before, and stays off for it; it drew ``kept_off_w``.
    """

    state: State
    orders: tuple[ShedOrder, ...]
    kept_off: tuple[str, ...]
    kept_off_w: float

    @property
    def power_w(self) -> float:
        """How much of what was wished is off."""
        return self.kept_off_w + sum(order.power_w for order in self.orders)


def request(
    now: datetime,
    loads: Mapping[str, Load],
    state: State,
    *,
    power_w: float | None = None,
    sectors: Collection[str] | None = None,
    from_priority: int = 1,
    lasting: timedelta | None = None,
) -> Requested:
    """Shed on request what draws, the least important first.

    ``power_w`` is how much, None is all; only in ``sectors``, and only what is as
    unimportant as ``from_priority``, 1 to 10. It stays off for ``lasting``, or until
    ``end``. What is shed already counts, and stays off as long. What a person keeps on
    stays on: how much of the wish came true is in ``Requested.power_w``.
    """
    meant = [
        load
        for load in loads.values()
        if not load.held
        and load.priority >= from_priority
        and (sectors is None or load.sector in sectors)
    ]
    off = [
        candidate(load, state.shed[load.id].power_w, now, None)
        for load in meant
        if is_shed(state, load)
    ]
    found = [
        candidate(load, load.draw_w or 0.0, now, None)
        for load in meant
        if may_be_cut(state, load, now) and load.blocked(now) is None
    ]
    off, found = _enough(off, found, power_w)
    until = None if lasting is None else now + lasting
    state = _kept_off(state, [one.load.id for one in off], until)
    orders = []
    for one in found:
        state, order = shed(state, one.load, one.relief_w, Cause.REQUEST, now, until)
        orders.append(order)
    return Requested(
        state=state,
        orders=tuple(orders),
        kept_off=tuple(one.load.id for one in off),
        kept_off_w=sum(one.relief_w for one in off),
    )


def _enough(
    off: list[Candidate], found: list[Candidate], power_w: float | None
) -> tuple[list[Candidate], list[Candidate]]:
    """Return what is to stay off for a power, and what is to be cut for the rest."""
    if power_w is None:
        return off, found
    if (chosen := choose(off, lambda relief_w: relief_w >= power_w)) is not None:
        return chosen, []
    left_w = power_w - sum(one.relief_w for one in off)
    return off, choose(found, lambda relief_w: relief_w >= left_w) or found


def _kept_off(state: State, loads: Iterable[str], until: datetime | None) -> State:
    """Keep what is shed off until then, or until later if that was so before."""
    kept = {}
    for load in loads:
        record = state.shed[load]
        if until is None or record.until is None:
            kept[load] = replace(record, cause=Cause.REQUEST, until=None)
        else:
            later = max(until, record.until)
            kept[load] = replace(record, cause=Cause.REQUEST, until=later)
    return replace(state, shed={**state.shed, **kept})


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
