"""A commissioning run: finds out by the watts how a computer starts.

It shuts the computer down, cuts it as any job would, feeds it again and tries one
way after the other. What starts it only while its socket stays fed is found in a
second round, after a person has started it by hand. A person must have agreed: the
computer is sacrificed for some minutes.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from ..model import Reason
from .effects import Effect, Notice, Notify, Outcome, ShutDown, Switch
from .observation import Observations, Rules, View
from .safe_cut import SafeCut
from .socket_run import SocketRun
from .starting import Attempt, Start, attempts
from .station import COMPUTER_OFF_BELOW_W, Learnt, OffBand, Station, Wake

# Longer than a job holds: the supply settles, and what is measured stays for years.
RULES = Rules(hold=timedelta(minutes=2))

_MEASURES_FOR = timedelta(seconds=30)
_EMPTY_AFTER = timedelta(seconds=15)
_BY_HAND_WITHIN = timedelta(minutes=30)
_BOOTS_FOR = timedelta(minutes=2)

# What still draws this share of the running power has not shut down.
_OFF_SHARE = 0.4


class CommissioningPhase(StrEnum):
    """Where a commissioning run stands."""

    MEASURING = "measuring"
    SHUTTING_DOWN = "shutting_down"
    EMPTYING = "emptying"
    FEEDING = "feeding"
    STARTING = "starting"
    BY_HAND = "by_hand"
    BOOTING = "booting"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commissioning:
    """A station under test.

    ``cuts`` is True in the first round, which cuts the socket, and False in the
    second. ``running_w`` and ``off_w`` are the powers seen. At the end ``learnt`` is
    what to store, or ``failure`` why nothing was learnt; what was known before stays
    then.
    """

    station: str
    cut: SafeCut
    phase: CommissioningPhase = CommissioningPhase.MEASURING
    since: datetime | None = None
    last_at: datetime | None = None
    cuts: bool = True
    running_w: tuple[float, ...] = ()
    off_w: tuple[float, ...] = ()
    feed: SocketRun | None = None
    start: Start | None = None
    learnt: Learnt | None = None
    failure: Reason | None = None

    @classmethod
    def of(cls, station: Station) -> Commissioning:
        """Return the run of a station, not begun."""
        refused = Reason.SHARED if station.computer in station.shared else None
        if not station.can_shut_down:
            refused = Reason.CANNOT_ASK
        return cls(
            station=station.id,
            cut=SafeCut.of(station.computer),
            phase=CommissioningPhase.DONE if refused else CommissioningPhase.MEASURING,
            failure=refused,
        )

    @property
    def done(self) -> bool:
        """Whether the run is over."""
        return self.phase is CommissioningPhase.DONE


type Step = tuple[Commissioning, tuple[Effect, ...]]


def step(now: datetime, run: Commissioning, seen: Observations) -> Step:
    """Go on by what is seen now, as ``switching.step`` does with a job."""
    station = seen.stations.get(run.station)
    if run.done:
        return run, ()
    if station is None:
        return cancel(run)
    view = View(now, seen, RULES, Reason.PERSON)
    run = run if run.since else replace(run, since=now)
    # What it was taken for before does not bear on what is found now.
    running_w = min(run.running_w, default=None)
    station = replace(station, learnt=Learnt(running_w=running_w))
    return _STEPS[run.phase](run, view, station)


def cancel(run: Commissioning) -> Step:
    """Stop, and leave the socket fed; after a restart, this is how a run ends."""
    if run.done:
        return run, ()
    ended = _fail(run, Reason.CANCELLED)
    return ended, (Switch(run.cut.socket.socket, on=True),)


def _measuring(run: Commissioning, view: View, station: Station) -> Step:
    """See how little it draws while it runs."""
    assert run.since is not None
    waited = view.now - run.since
    run, power_w = _new_power(run, view, station)
    if power_w is not None:
        if power_w < COMPUTER_OFF_BELOW_W:
            return _fail(run, Reason.DID_NOT_START), ()
        run = replace(run, running_w=(*run.running_w, power_w))
    if waited < _MEASURES_FOR or (not run.running_w and waited < 2 * _MEASURES_FOR):
        return run, ()
    if not run.running_w:
        return _fail(run, Reason.UNREACHABLE), ()
    return _enter(run, CommissioningPhase.SHUTTING_DOWN, view), (ShutDown(station.id),)


def _shutting_down(run: Commissioning, view: View, station: Station) -> Step:
    """Wait until it is off and see what it draws then; cut it in the first round."""
    assert run.since is not None
    waited = view.now - run.since
    below_w = min(COMPUTER_OFF_BELOW_W, _OFF_SHARE * min(run.running_w))
    band = OffBand(below_w=below_w)
    run, power_w = _new_power(run, view, station)
    if power_w is not None and not run.cut.ordered:
        low = run.cut.is_low(view, band)
        off_w = (*run.off_w, power_w) if low else ()
        run = replace(run, off_w=off_w)
    if not run.cut.ordered and waited > view.rules.shutdown:
        return _fail(run, Reason.DID_NOT_SHUT_DOWN), ()
    if not run.cuts:
        run = replace(run, cut=run.cut.follow(view, band))
        if run.cut.has_held(view):
            return _begin_start(run, view, attempts(station, mains_came=False)), ()
        return run, ()
    cut, effects = run.cut.step(view, band)
    run = replace(run, cut=cut)
    if cut.socket.result is None:
        return run, effects
    return _enter(run, CommissioningPhase.EMPTYING, view), effects


def _emptying(run: Commissioning, view: View, station: Station) -> Step:
    """Let the supply run empty: before, it does not notice that the mains return."""
    assert run.since is not None
    if view.now - run.since < _EMPTY_AFTER:
        return run, ()
    feed = SocketRun(socket=station.computer, on=True, released=True)
    return _enter(replace(run, feed=feed), CommissioningPhase.FEEDING, view), ()


def _feeding(run: Commissioning, view: View, station: Station) -> Step:
    """Feed it again."""
    assert run.feed is not None
    feed, effects = run.feed.step(view)
    run = replace(run, feed=feed)
    if feed.result is None:
        return run, effects
    if feed.result.outcome is not Outcome.ON:
        return _fail(run, feed.result.reason), effects
    assert run.cut.socket.result is not None
    if run.cut.socket.result.outcome is not Outcome.OFF:
        # The cut was not seen: what follows would prove nothing.
        return _fail(run, run.cut.socket.result.reason), effects
    return _begin_start(run, view, attempts(station, mains_came=True)), effects


def _starting(run: Commissioning, view: View, station: Station) -> Step:
    """Try one way after the other."""
    assert run.start is not None
    start, effects = run.start.step(view, station)
    run = replace(run, start=start)
    if start.proven:
        return _succeed(run, view, start.proven), effects
    if not start.exhausted:
        return run, effects
    if not run.cuts or not (station.mac or station.can_wake):
        return _succeed(run, view, None), effects
    notify = Notify(station.id, Notice.START_BY_HAND, view.now + _BY_HAND_WITHIN)
    return _enter(run, CommissioningPhase.BY_HAND, view), (*effects, notify)


def _by_hand(run: Commissioning, view: View, station: Station) -> Step:
    """Wait for a person to press the button."""
    assert run.since is not None
    sample = view.fresh(station.computer)
    if sample is not None and (sample.power_w or 0.0) >= COMPUTER_OFF_BELOW_W:
        return _enter(run, CommissioningPhase.BOOTING, view), ()
    if view.now - run.since > _BY_HAND_WITHIN:
        return _succeed(run, view, None), ()
    return run, ()


def _booting(run: Commissioning, view: View, station: Station) -> Step:
    """Leave the system the time to arm its network card; then the second round."""
    assert run.since is not None
    if view.now - run.since < _BOOTS_FOR:
        return run, ()
    run = replace(run, cuts=False, cut=SafeCut.of(station.computer), off_w=())
    return _enter(run, CommissioningPhase.SHUTTING_DOWN, view), (ShutDown(station.id),)


_STEPS = {
    CommissioningPhase.MEASURING: _measuring,
    CommissioningPhase.SHUTTING_DOWN: _shutting_down,
    CommissioningPhase.EMPTYING: _emptying,
    CommissioningPhase.FEEDING: _feeding,
    CommissioningPhase.STARTING: _starting,
    CommissioningPhase.BY_HAND: _by_hand,
    CommissioningPhase.BOOTING: _booting,
}

_WAKES = {
    (Attempt.MAINS, True): Wake.BIOS_ON_AC,
    (Attempt.WOL, True): Wake.PLUG_THEN_WOL,
    (Attempt.WOL, False): Wake.WOL_ONLY,
    (Attempt.ACTION, True): Wake.ACTION,
    (Attempt.ACTION, False): Wake.ACTION,
}


def _succeed(run: Commissioning, view: View, proven: Attempt | None) -> Commissioning:
    """Keep what was found; nothing that works is a finding, too."""
    learnt = Learnt(
        wake=_WAKES[proven, run.cuts] if proven else Wake.UNKNOWN,
        returns=run.cuts and proven is not None,
        off_w=(min(run.off_w), max(run.off_w)) if run.off_w else (),
        running_w=min(run.running_w),
        at=view.now,
    )
    return replace(run, phase=CommissioningPhase.DONE, learnt=learnt)


def _fail(run: Commissioning, reason: Reason) -> Commissioning:
    return replace(run, phase=CommissioningPhase.DONE, failure=reason)


def _begin_start(
    run: Commissioning, view: View, ways: tuple[Attempt, ...]
) -> Commissioning:
    start = Start(left=ways)
    return _enter(replace(run, start=start), CommissioningPhase.STARTING, view)


def _enter(run: Commissioning, phase: CommissioningPhase, view: View) -> Commissioning:
    return replace(run, phase=phase, since=view.now)


def _new_power(
    run: Commissioning, view: View, station: Station
) -> tuple[Commissioning, float | None]:
    """Return the power of a sample that was not seen before."""
    sample = view.fresh(station.computer)
    if sample is None or sample.on is False or sample.at == run.last_at:
        return run, None
    return replace(run, last_at=sample.at), sample.power_w
