"""Which load comes back next."""

from datetime import timedelta

from .loads import Load
from .state import Shed, State
from .supply import View

_HALF_LIFE = timedelta(hours=1)


def next_restored(view: View, state: State) -> Load | None:
    """Return the most important load that fits, if it is time for one.

    Among equals it is the one that waits longest. One load comes back at a time, on
    top of what the meter showed since the one before.
    """
    if state.pending or not view.is_fresh:
        return None
    if state.restore_from is not None and view.now < state.restore_from:
        return None
    waiting = sorted(
        _waiting(view, state), key=lambda one: (one[0].priority, one[1].at)
    )
    for load, shed in waiting:
        if view.fits(extra_w(load, shed, view), shed.phase):
            return load
    return None


def extra_w(load: Load, shed: Shed, view: View) -> float:
    """Return what a load is expected to take when it comes back.

    What the plug could not cut is in the meter's power already. The peak at which a
    load was cut is the less likely to go on the longer ago that was: so what would
    never fit comes back in the end.
    """
    if load.on:
        return 0.0
    return float(shed.power_w * 0.5 ** ((view.now - shed.at) / _HALF_LIFE))


def next_rotated(view: View, state: State) -> Load | None:
    """Return the heater that was warm for long while an equal one was cold."""
    if state.pending or not view.is_fresh:
        return None
    for cold, shed in _waiting(view, state):
        if not cold.heater or view.now - shed.at < view.policy.rotate_after:
            continue
        for warm in view.loads.values():
            more_w = shed.power_w - (warm.draw_w or 0.0)
            if (
                _is_equal(warm, cold)
                and _had_its_turn(warm, view, state)
                and view.fits(more_w, shed.phase)
            ):
                return warm
    return None


def _waiting(view: View, state: State) -> list[tuple[Load, Shed]]:
    """Return what was off for its time and can be reached."""
    return [
        (view.loads[load], shed)
        for load, shed in state.shed.items()
        if shed.until is not None
        and shed.until <= view.now
        and view.loads[load].reachable(view.now)
    ]


def _is_equal(warm: Load, cold: Load) -> bool:
    return warm.heater and (warm.priority, warm.phase) == (cold.priority, cold.phase)


def _had_its_turn(warm: Load, view: View, state: State) -> bool:
    now = view.now
    if warm.id in state.shed or warm.held or warm.blocked(now):
        return False
    past = state.past.get(warm.id)
    starts = (warm.on_since, None if past is None else past.restored_at)
    on_since = max((start for start in starts if start), default=None)
    least = max(view.policy.rotate_after, warm.min_on)
    return on_since is None or now - on_since >= least
