"""A station's monitors: they hold no state, are cut early and come back late."""

from dataclasses import replace
from datetime import datetime

from ..model import Reason
from .effects import Outcome
from .socket_run import SocketRun

type Monitors = tuple[SocketRun, ...]


def dark(monitors: Monitors) -> Monitors:
    """Let them be cut, but for those that were refused."""
    return tuple(
        m
        if not m.on and (m.released or m.result)
        else SocketRun(socket=m.socket, on=False, released=True)
        for m in monitors
    )


def lit(monitors: Monitors) -> Monitors:
    """Give back those that were cut; who found one dark keeps it dark."""
    return tuple(
        SocketRun(socket=m.socket, on=True, released=True)
        if m.released
        and not m.on
        and (m.result is None or m.result.reason is not Reason.AS_FOUND)
        else m
        for m in monitors
    )


def settled(
    monitors: Monitors, outcome: Outcome, reason: Reason, now: datetime
) -> Monitors:
    """End those to which nothing was done."""
    return tuple(
        m if m.released or m.result else m.ended(outcome, reason, now) for m in monitors
    )


def released(monitors: Monitors) -> Monitors:
    """Let all be switched."""
    return tuple(replace(m, released=True) for m in monitors)
