"""One station switched on: feed, settle, start, and its monitors at the end."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from ..model import Reason
from . import monitors
from .effects import Effect, Outcome, Result
from .observation import View
from .safe_cut import SafeCut
from .socket_run import SocketRun, dump_result, load_result, step_all
from .starting import Start, attempts
from .station import Station, Wake


class OnPhase(StrEnum):
    """Where a station stands on its way to on."""

    WAITING = "waiting"
    FEEDING = "feeding"
    SETTLING = "settling"
    STARTING = "starting"
    CYCLING = "cycling"
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRun:
    """A station on its way to on; it waits until the job lets it begin.

    ``cut`` opens a fed socket when the mains' return is the only way to start its
    computer, once. ``result`` is the computer's; the monitors have their own.
    """

    station: str
    feed: SocketRun
    monitors: tuple[SocketRun, ...]
    phase: OnPhase = OnPhase.WAITING
    since: datetime | None = None
    start: Start | None = None
    cut: SafeCut | None = None
    result: Result | None = None

    @property
    def done(self) -> bool:
        """Whether every socket has its result."""
        return self.result is not None and all(m.result for m in self.monitors)

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON: it begins again."""
        return {
            "station": self.station,
            "computer": self.feed.socket,
            "monitors": [monitor.to_dict() for monitor in self.monitors],
            "result": self.result and dump_result(self.result),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on from what ``to_dict`` gave."""
        result = kept["result"] and load_result(kept["result"])
        return cls(
            station=kept["station"],
            feed=SocketRun(socket=kept["computer"], on=True),
            monitors=tuple(SocketRun.from_dict(m) for m in kept["monitors"]),
            phase=OnPhase.ENDING if result else OnPhase.WAITING,
            result=result,
        )


type Step = tuple[OnRun, tuple[Effect, ...]]


def begin(run: OnRun, now: datetime) -> OnRun:
    """Let it begin: it is its turn."""
    feed = replace(run.feed, released=True)
    return replace(run, phase=OnPhase.FEEDING, since=now, feed=feed)


def step(run: OnRun, view: View) -> Step:
    """Go on by what is seen now."""
    run, effects = _advance(run, view)
    following, more = step_all(run.monitors, view)
    if following is not run.monitors:
        run = replace(run, monitors=following)
    return run, effects + more


def cancel(run: OnRun, now: datetime) -> OnRun:
    """Stop here; what is on stays on."""
    if run.result is not None or (run.cut is not None and run.cut.ordered):
        return run
    outcome, reason = Outcome.CANCELLED, Reason.CANCELLED
    return replace(
        run,
        phase=OnPhase.ENDING,
        result=Result(outcome, reason, now),
        monitors=monitors.settled(run.monitors, outcome, reason, now),
    )


def cut_refused(run: OnRun, reason: Reason, now: datetime) -> OnRun:
    """Take note that the power cycle was not allowed."""
    if run.result is not None:
        return run
    return _end(run, Outcome.FAILED, reason, now)


def _advance(run: OnRun, view: View) -> Step:
    if run.phase in {OnPhase.WAITING, OnPhase.ENDING}:
        return run, ()
    station = view.seen.stations.get(run.station)
    if station is None or station.computer != run.feed.socket:
        return cancel(run, view.now), ()
    match run.phase:
        case OnPhase.FEEDING:
            return _feeding(run, view, station)
        case OnPhase.SETTLING:
            return _settling(run, view, station), ()
        case OnPhase.CYCLING:
            return _cycling(run, view, station)
        case _:
            return _starting(run, view, station)


def _feeding(run: OnRun, view: View, station: Station) -> Step:
    """Feed the socket; one that was fed goes on at once."""
    feed, effects = run.feed.step(view)
    run = replace(run, feed=feed)
    if feed.result is None:
        return run, effects
    outcome, reason = feed.result.outcome, feed.result.reason
    if outcome is not Outcome.ON:
        return _end(run, outcome, reason, view.now), effects
    if reason is not Reason.AS_FOUND:
        return _enter(run, OnPhase.SETTLING, view), effects
    sample = view.fresh(station.computer)
    if (
        sample is not None
        and sample.power_w is not None
        and sample.power_w >= station.learnt.running_from_w
    ):
        return _end(run, Outcome.ON, Reason.AS_FOUND, view.now), effects
    if view.observe:
        return _end(run, Outcome.OBSERVED, view.reason, view.now), effects
    return _start(run, view, station, mains_came=False), effects


def _settling(run: OnRun, view: View, station: Station) -> OnRun:
    """Leave the network card and the supply the time to come up."""
    assert run.since is not None
    if view.now - run.since < view.rules.settle:
        return run
    return _start(run, view, station, mains_came=True)


def _starting(run: OnRun, view: View, station: Station) -> Step:
    """Try to start it until its watts prove that it runs."""
    assert run.start is not None
    start, effects = run.start.step(view, station)
    run = replace(run, start=start)
    if start.proven:
        return _end(run, Outcome.ON, view.reason, view.now), effects
    if not start.exhausted:
        return run, effects
    if _can_cycle(run, view, station):
        cycling = replace(run, cut=SafeCut.of(station.computer))
        return _enter(cycling, OnPhase.CYCLING, view), effects
    return _end(run, Outcome.FAILED, _why_not(run, view, station), view.now), effects


def _cycling(run: OnRun, view: View, station: Station) -> Step:
    """Cut a computer that is off, to feed it again: its firmware starts it."""
    assert run.cut is not None
    assert run.since is not None
    cut, effects = run.cut.step(view, station.off_band)
    began_at, run = run.since, replace(run, cut=cut)
    if cut.socket.result is None:
        if cut.ordered or view.now - began_at <= 2 * view.rules.start:
            return run, effects
        return _end(run, Outcome.FAILED, Reason.DID_NOT_START, view.now), effects
    if view.now - cut.socket.result.at < view.rules.settle:
        # A supply that is not empty yet does not notice that the mains return.
        return run, effects
    feed = SocketRun(socket=station.computer, on=True, released=True)
    return _enter(replace(run, feed=feed), OnPhase.FEEDING, view), effects


def _can_cycle(run: OnRun, view: View, station: Station) -> bool:
    """Whether a power cycle may help and harms nobody; it is done once."""
    return (
        run.cut is None
        and station.learnt.wake is Wake.BIOS_ON_AC
        and station.cut_refused is None
        and SafeCut.of(station.computer).is_low(view, station.off_band)
    )


def _why_not(run: OnRun, view: View, station: Station) -> Reason:
    if view.fresh(station.computer) is None:
        return Reason.UNREACHABLE
    if run.cut is None and not attempts(station, mains_came=False):
        return Reason.WAKE_UNKNOWN
    return Reason.DID_NOT_START


def _start(run: OnRun, view: View, station: Station, *, mains_came: bool) -> OnRun:
    start = Start(left=attempts(station, mains_came))
    return _enter(replace(run, start=start), OnPhase.STARTING, view)


def _enter(run: OnRun, phase: OnPhase, view: View) -> OnRun:
    return replace(run, phase=phase, since=view.now)


def _end(run: OnRun, outcome: Outcome, reason: Reason, now: datetime) -> OnRun:
    """Settle the computer; the monitors come last, whatever it did."""
    return replace(
        run,
        phase=OnPhase.ENDING,
        result=Result(outcome, reason, now),
        monitors=monitors.released(run.monitors),
    )
