"""What an order to shed or to restore does to the state, until the meter shows it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from .loads import Load
from .state import Cause, Past, Pending, Shed, State
from .supply import View

# A cut for the limit that soon after a restoration shows that it came too early: the
# load then stays off for twice as long as before, up to an hour.
RELAPSE_WITHIN = timedelta(minutes=30)
OFF_AT_MOST = timedelta(hours=1)
# What could not be switched is tried again.
RETRY_AFTER = timedelta(seconds=60)


class Answer(StrEnum):
    """What became of an order.

    ``done``: the plug carried it out. ``failed``: it did not, or it cannot be told.
    ``refused``: the arbiter did not let it through.
    """

    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShedOrder:
    """One load to shed, or to restore, and what it draws.

    ``against_person`` tells that a person wanted it on for now, and that nothing
    else would have been enough.
    """

    load: str
    on: bool
    cause: Cause
    power_w: float
    against_person: bool = False


def shed(
    state: State,
    load: Load,
    power_w: float,
    cause: Cause,
    now: datetime,
    until: datetime | None = None,
) -> tuple[State, ShedOrder]:
    """Order a load off; on request it stays so ``until`` that ends."""
    past = state.past.get(load.id)
    relapses = 0
    # Who takes a turn does not come back too early.
    if cause is Cause.LIMIT and past is not None and past.restored_at is not None:
        soon = now - past.restored_at < RELAPSE_WITHIN
        relapses = past.relapses + 1 if soon else 0
    off_for = max(load.min_off, min(load.min_off * 2**relapses, OFF_AT_MOST))
    record = Shed(
        cause=cause,
        at=now,
        power_w=power_w,
        phase=load.phase,
        until=until if cause is Cause.REQUEST else now + off_for,
    )
    state = replace(
        state,
        shed={**state.shed, load.id: record},
        past={**state.past, load.id: Past(cut_at=now, relapses=relapses)},
        pending={**state.pending, load.id: _pending(load, -power_w, now)},
    )
    return state, ShedOrder(
        load=load.id,
        on=False,
        cause=cause,
        power_w=power_w,
        against_person=load.held,
    )


def is_shed(state: State, load: Load) -> bool:
    """Return whether a load is shed and off, or about to be."""
    if load.id not in state.shed:
        return False
    pending = state.pending.get(load.id)
    return not load.on if pending is None else pending.added_w < 0


def may_be_cut(state: State, load: Load, now: datetime) -> bool:
    """Return whether an order to cut this load can take anything off.

    What is shed is off, unless it still reads on long after; what the arbiter refused
    lately it would refuse again.
    """
    if load.id in state.pending:
        return False
    if (record := state.shed.get(load.id)) is not None:
        again = record.at + RETRY_AFTER
        return load.on is True and (
            load.read_since(again) or (load.tells and now > again)
        )
    past = state.past.get(load.id)
    refused_at = None if past is None else past.refused_at
    return refused_at is None or now - refused_at >= RETRY_AFTER


def restore(
    state: State, load: Load, now: datetime, settle: timedelta
) -> tuple[State, ShedOrder]:
    """Order a load back on."""
    power_w = state.shed[load.id].power_w
    state = replace(
        state,
        pending={**state.pending, load.id: _pending(load, power_w, now)},
        restore_from=now + settle,
    )
    return state, ShedOrder(load=load.id, on=True, cause=Cause.FITS, power_w=power_w)


def answered(state: State, load: str, on: bool, answer: Answer, now: datetime) -> State:
    """Take what became of an order.

    What was not cut for sure stays on the list of what is shed, as the arbiter goes
    on trying; but it counts as drawing, and is ordered again if it stays on.
    """
    pending = state.pending.get(load)
    left = _without(state.pending, load)
    if pending is not None and answer is Answer.DONE:
        acts_by = min(pending.acts_by, now)
        left = {**left, load: replace(pending, acts_by=acts_by, answered=True)}
    state = replace(state, pending=left)
    record = state.shed.get(load)
    if record is None or (not on and answer is not Answer.REFUSED):
        return state
    if on and answer is Answer.FAILED:
        record = replace(record, until=now + RETRY_AFTER)
        return replace(state, shed={**state.shed, load: record})
    past = state.past[load]
    past = replace(past, restored_at=now) if on else replace(past, refused_at=now)
    return replace(
        state, shed=_without(state.shed, load), past={**state.past, load: past}
    )


def withheld(state: State, before: State, loads: Collection[str]) -> State:
    """Return a state without the orders to these loads: they are as they were before."""

    def kept[T](now: Mapping[str, T], then: Mapping[str, T]) -> dict[str, T]:
        return _without(now, *loads) | {k: then[k] for k in loads if k in then}

    return replace(
        state,
        shed=kept(state.shed, before.shed),
        pending=kept(state.pending, before.pending),
        past=kept(state.past, before.past),
    )


def settled(view: View, state: State) -> State:
    """Let go of what the meter shows by now, and of what is shed no longer.

    A person took it back, or the park has it no more.
    """
    if not state.shed and not state.pending:
        return state
    state = _taken_back(view, state)
    if gone := [load for load in state.shed if load not in view.loads]:
        state = replace(
            state,
            shed=_without(state.shed, *gone),
            pending=_without(state.pending, *gone),
        )
    for load, pending in state.pending.items():
        if not pending.answered and view.now > pending.acts_by:
            on = pending.added_w > 0
            state = answered(state, load, on, Answer.FAILED, view.now)
        elif _is_shown(pending, view):
            state = replace(state, pending=_without(state.pending, load))
    return state


def _taken_back(view: View, state: State) -> State:
    """Let go of what a person has ordered on since it was shed, where that counts."""
    back = [
        load
        for load, record in state.shed.items()
        if record.cause.yields and load in view.loads and view.loads[load].held
    ]
    if not back:
        return state
    past = {load: replace(state.past[load], restored_at=view.now) for load in back}
    return replace(state, shed=_without(state.shed, *back), past={**state.past, **past})


def _is_shown(pending: Pending, view: View) -> bool:
    """Return whether the meter was read since the order was carried out."""
    feeding = [supply for supply in view.supplies if supply.feeds(pending.phase)]
    return bool(feeding) and all(supply.knows(pending.acts_by) for supply in feeding)


def _pending(load: Load, added_w: float, now: datetime) -> Pending:
    return Pending(
        added_w=added_w,
        phase=load.phase,
        at=now,
        acts_by=now + timedelta(seconds=load.delay_s),
        # More than it was read to draw.
        guessed=-added_w > (load.draw_w or 0.0),
    )


def _without[T](by_load: Mapping[str, T], *loads: str) -> dict[str, T]:
    return {load: one for load, one in by_load.items() if load not in loads}
