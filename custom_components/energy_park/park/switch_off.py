"""One station switched off: guard, warn, ask, wait until it is off, cut, verify.

Whatever stands in the way defers it, again and again until the hard limit, and is
its reported reason then. A computer that does not shut down stays powered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from ..model import Reason
from . import guard, monitors
from .effects import Effect, Notice, Notify, Outcome, Result, ShutDown
from .observation import AtLimit, View
from .safe_cut import SafeCut
from .socket_run import SocketRun, dump_result, load_result, step_all
from .station import Station

# A computer that could not be asked may be off already, or just going.
_ASK_FAILED_WAITS = timedelta(minutes=1)

# Nobody is there, though the computer stays on: its monitors need not.
_UNWATCHED = frozenset({Reason.CANNOT_ASK, Reason.ASK_FAILED, Reason.DID_NOT_SHUT_DOWN})

# What the policy at the limit may set aside: it asks, it does not cut.
_FORCED = frozenset(
    {
        Reason.WORKING,
        Reason.BUSY,
        Reason.PRESENCE_UNKNOWN,
        Reason.POSTPONED,
        Reason.UNREACHABLE,
    }
)


class OffPhase(StrEnum):
    """Where a station stands on its way to off."""

    GUARD = "guard"
    DEFERRED = "deferred"
    WARNING = "warning"
    SHUTTING_DOWN = "shutting_down"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class OffRun:
    """A station on its way to off.

    ``until`` ends the present phase. ``reason`` is what stood in the way last.
    ``result`` is the computer's; the monitors have their own.
    """

    station: str
    cut: SafeCut
    monitors: tuple[SocketRun, ...]
    limit_at: datetime
    phase: OffPhase = OffPhase.GUARD
    until: datetime | None = None
    reason: Reason | None = None
    ask_failed: bool = False
    forced: bool = False
    result: Result | None = None

    @property
    def done(self) -> bool:
        """Whether every socket has its result."""
        return self.result is not None and all(m.result for m in self.monitors)

    @property
    def committed(self) -> bool:
        """Whether it is too late to stop: the computer's result is known, or cut."""
        return self.result is not None or self.cut.ordered

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON.

        How far a shutdown had come is not kept: it begins again at the guard.
        """
        pause = self.until if self.phase is OffPhase.DEFERRED else None
        return {
            "station": self.station,
            "computer": self.cut.socket.socket,
            "monitors": [monitor.to_dict() for monitor in self.monitors],
            "limit_at": self.limit_at.isoformat(),
            "pause_until": pause and pause.isoformat(),
            "reason": self.reason,
            "forced": self.forced,
            "result": self.result and dump_result(self.result),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        result = kept["result"] and load_result(kept["result"])
        pause = kept["pause_until"]
        phase = OffPhase.DEFERRED if pause else OffPhase.GUARD
        return cls(
            station=kept["station"],
            cut=SafeCut.of(kept["computer"]),
            monitors=tuple(SocketRun.from_dict(m) for m in kept["monitors"]),
            limit_at=datetime.fromisoformat(kept["limit_at"]),
            phase=OffPhase.ENDING if result else phase,
            until=pause and datetime.fromisoformat(pause),
            reason=kept["reason"] and Reason(kept["reason"]),
            forced=kept["forced"],
            result=result,
        )


type Step = tuple[OffRun, tuple[Effect, ...]]


def step(run: OffRun, view: View) -> Step:
    """Go on by what is seen now."""
    run, effects = _advance(run, view)
    following, more = step_all(run.monitors, view)
    if following is not run.monitors:
        run = replace(run, monitors=following)
    return run, effects + more


def postpone(run: OffRun, until: datetime, now: datetime) -> OffRun:
    """Leave the station on for a while, at most until the hard limit."""
    if run.committed or run.forced:
        return run
    if now >= run.limit_at:
        return _end(run, Outcome.LEFT_ON, Reason.POSTPONED, now)
    return _pause(run, Reason.POSTPONED, min(until, run.limit_at))


def cancel(run: OffRun, now: datetime) -> OffRun:
    """Stop before the next step that cannot be undone."""
    if run.committed:
        return run
    return _end(run, Outcome.CANCELLED, Reason.CANCELLED, now)


def ask_failed(run: OffRun, now: datetime) -> OffRun:
    """Take note that the request to shut down failed."""
    if run.phase is not OffPhase.SHUTTING_DOWN or run.cut.ordered:
        return run
    return replace(run, ask_failed=True, until=now + _ASK_FAILED_WAITS)


def cut_refused(run: OffRun, reason: Reason) -> OffRun:
    """Take note that the cut was not carried out: watch anew."""
    if run.result is not None:
        return run
    return replace(run, cut=run.cut.restarted(), reason=reason)


def _advance(run: OffRun, view: View) -> Step:
    if run.phase is OffPhase.ENDING:
        return run, ()
    station = view.seen.stations.get(run.station)
    if station is None or station.computer != run.cut.socket.socket:
        # It was set up otherwise meanwhile: what was learnt is of another socket.
        return _end(run, Outcome.CANCELLED, Reason.CANCELLED, view.now), ()
    match run.phase:
        case OffPhase.GUARD:
            return _guard(run, view, station)
        case OffPhase.DEFERRED:
            return _deferred(run, view, station), ()
        case OffPhase.WARNING:
            return _warning(run, view, station)
        case _:
            return _shutting_down(run, view, station)


def _guard(run: OffRun, view: View, station: Station) -> Step:
    """Look whether it may be switched off, and what is left to do."""
    sample = view.fresh(station.computer)
    if sample is not None and sample.on is False:
        return _end(run, Outcome.OFF, Reason.AS_FOUND, view.now), ()
    if why := guard.hindrance(view, station, forced=run.forced):
        if why is Reason.UNREACHABLE and run.until and view.now < run.until:
            return run, ()
        return _defer(run, view, why), ()
    off = run.cut.is_low(view, station.off_band)
    if off and station.cut_refused:
        return _end(run, Outcome.SHUT_DOWN, Reason.AS_FOUND, view.now), ()
    if view.observe:
        return _end(run, Outcome.OBSERVED, view.reason, view.now), ()
    if off:
        until = view.now + view.rules.shutdown
        return _enter(run, OffPhase.SHUTTING_DOWN, until), ()
    until = view.now + view.rules.warn
    notify = Notify(run.station, Notice.SHUTTING_DOWN_SOON, until)
    return _enter(run, OffPhase.WARNING, until), (notify,)


def _deferred(run: OffRun, view: View, station: Station) -> OffRun:
    """Look again when the pause is over, or when the computer went off."""
    assert run.until is not None
    if view.now < run.until and not run.cut.is_low(view, station.off_band):
        return run
    # Meanwhile its plug was asked less often: a fresh reading is waited for.
    return _enter(run, OffPhase.GUARD, view.now + view.rules.confirm)


def _warning(run: OffRun, view: View, station: Station) -> Step:
    """Count down; then ask the computer, and darken its monitors."""
    assert run.until is not None
    if run.cut.is_low(view, station.off_band):
        return _enter(run, OffPhase.GUARD), ()
    if why := guard.hindrance(view, station, forced=run.forced):
        return _defer(run, view, why), ()
    if view.now < run.until:
        return run, ()
    if not station.can_shut_down:
        return _end(run, Outcome.LEFT_ON, Reason.CANNOT_ASK, view.now), ()
    run = _enter(run, OffPhase.SHUTTING_DOWN, view.now + view.rules.shutdown)
    if not run.forced:
        run = replace(run, monitors=monitors.dark(run.monitors))
    return run, (ShutDown(run.station),)


def _shutting_down(run: OffRun, view: View, station: Station) -> Step:
    """Wait until it is off for sure, then cut if that is allowed."""
    if not run.cut.ordered:
        if why := _interruption(run, view, station):
            return _defer(run, view, why), ()
        if refused := station.cut_refused:
            run = replace(run, cut=run.cut.follow(view, station.off_band))
            if run.cut.has_held(view):
                return _end(run, Outcome.SHUT_DOWN, refused, view.now), ()
            return run, ()
    cut, effects = run.cut.step(view, station.off_band)
    run = run if cut is run.cut else replace(run, cut=cut)
    if ended := cut.socket.result:
        return _end(run, ended.outcome, ended.reason, view.now), effects
    return run, effects


def _interruption(run: OffRun, view: View, station: Station) -> Reason | None:
    """Why there is no more waiting for its shutdown, if so."""
    assert run.until is not None
    was_off = run.cut.watch.since is not None
    if why := guard.interruption(view, station, forced=run.forced, was_off=was_off):
        return why
    if view.now < run.until:
        return None
    if view.fresh(station.computer) is None:
        return Reason.UNREACHABLE
    return Reason.ASK_FAILED if run.ask_failed else Reason.DID_NOT_SHUT_DOWN


def _enter(run: OffRun, phase: OffPhase, until: datetime | None = None) -> OffRun:
    """Begin a phase; the watch over the power begins with it."""
    return replace(
        run, phase=phase, until=until, cut=run.cut.restarted(), ask_failed=False
    )


def _pause(run: OffRun, reason: Reason, until: datetime) -> OffRun:
    run = replace(_enter(run, OffPhase.DEFERRED, until), reason=reason)
    if reason in _UNWATCHED:
        return run
    return replace(run, monitors=monitors.lit(run.monitors))


def _defer(run: OffRun, view: View, reason: Reason) -> OffRun:
    """Try again later, or end by the policy of the hard limit."""
    rules = view.rules
    if view.now < run.limit_at:
        pause = rules.fresh if reason is Reason.UNREACHABLE else rules.retry
        return _pause(run, reason, min(view.now + pause, run.limit_at))
    if rules.at_limit is AtLimit.FORCE and reason in _FORCED and not run.forced:
        return replace(_enter(run, OffPhase.GUARD), forced=True)
    return _end(run, Outcome.LEFT_ON, reason, view.now)


def _end(run: OffRun, outcome: Outcome, reason: Reason, now: datetime) -> OffRun:
    """Settle the computer; its monitors follow it."""
    if outcome in {Outcome.LEFT_ON, Outcome.CANCELLED} and reason not in _UNWATCHED:
        following = monitors.lit(run.monitors)
        following = monitors.settled(following, outcome, reason, now)
    else:
        following = monitors.dark(run.monitors)
    return replace(
        run,
        phase=OffPhase.ENDING,
        until=None,
        reason=reason,
        result=Result(outcome, reason, now),
        monitors=following,
    )
