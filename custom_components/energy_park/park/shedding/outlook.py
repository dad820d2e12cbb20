"""Who would go next and who would come back next, for those who watch."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .choice import candidate
from .loads import Load
from .orders import may_be_cut
from .restoring import extra_w
from .state import Shed, State
from .supply import View


class Waits(StrEnum):
    """What a load that is shed waits for.

    ``request``: the end of what somebody asked. ``time``: its time off, or the turn
    after another one's return. ``unreachable``: its plug. ``silent``: the meter.
    ``room``: that it fits.
    """

    REQUEST = "request"
    TIME = "time"
    UNREACHABLE = "unreachable"
    SILENT = "silent"
    ROOM = "room"


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The next load to come back; None waits for nothing more.

    It returns ``not_before`` a time, where that is known.
    """

    load: str
    waits: Waits | None
    not_before: datetime | None = None


def next_shed(view: View, state: State) -> Load | None:
    """Return the load that would be cut first; None if nothing can be."""
    candidates = [
        candidate(load, load.draw_w or 0.0, view.now, state.cut_at(load.id))
        for load in view.loads.values()
        if may_be_cut(state, load, view.now) and load.blocked(view.now) is None
    ]
    if not candidates:
        return None
    return min(candidates, key=lambda one: (one.turn, -one.relief_w)).load


def next_return(view: View, state: State) -> Return | None:
    """Return who would come back first, and what it waits for."""
    returns = [
        (_rank(found), view.loads[load].priority, shed.at, found)
        for load, shed in state.shed.items()
        if load in view.loads
        for found in [_return(view.loads[load], shed, view, state)]
    ]
    return min(returns, key=lambda one: one[:3])[3] if returns else None


def _return(load: Load, shed: Shed, view: View, state: State) -> Return:
    times = [at for at in (shed.until, state.restore_from) if at is not None]
    not_before = max(times, default=None)
    waits: Waits | None = None
    if shed.until is None:
        waits = Waits.REQUEST
    elif not load.reachable(view.now):
        waits = Waits.UNREACHABLE
    elif view.is_silent:
        waits = Waits.SILENT
    elif not_before is not None and not_before > view.now:
        waits = Waits.TIME
    elif not view.fits(extra_w(load, shed, view), shed.phase):
        waits = Waits.ROOM
    return Return(load=load.id, waits=waits, not_before=not_before)


def _rank(found: Return) -> int:
    """Return how far a load is from coming back."""
    order = (None, Waits.TIME, Waits.ROOM, Waits.SILENT)
    return order.index(found.waits) if found.waits in order else len(order)
