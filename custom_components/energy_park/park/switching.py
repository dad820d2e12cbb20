"""A switching job: stations and loose sockets of a sector, switched as one.

``step`` is all there is to run it: it takes the time, the job and what is seen, and
returns the job that follows and what is to be done. Each station goes its own way;
one that fails holds up no other. A job ends with a result for every socket.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from operator import is_not

from ..model import Reason
from . import switch_off, switch_on
from .effects import Effect, Outcome, Report, Result, ShutDown, Switch
from .job import Job
from .observation import Observations, View
from .socket_run import SocketRun, step_all
from .switch_off import OffRun
from .switch_on import OnPhase, OnRun

type Step = tuple[Job, tuple[Effect, ...]]


def step(now: datetime, job: Job, seen: Observations) -> Step:
    """Go on with a job by what is seen now.

    To be called with each new sample of its sockets, and once a second: what
    happened between two calls is not made up for.
    """
    view = View(now, seen, job.rules, job.reason, job.observe)
    following = job if job.begun_at else replace(job, begun_at=now)
    effects: tuple[Effect, ...] = ()
    if job.on:
        following = _give_turn(following, now)
    network, effects = step_all(following.network, view)
    loose, more = step_all(following.loose, view)
    effects += more
    stations = []
    for run in following.stations:
        advanced: OffRun | OnRun
        if isinstance(run, OffRun):
            advanced, more = switch_off.step(run, view)
        else:
            advanced, more = switch_on.step(run, view)
        stations.append(advanced)
        effects += more
    if (
        network is not following.network
        or loose is not following.loose
        or any(map(is_not, stations, following.stations))
    ):
        following = replace(
            following, network=network, loose=loose, stations=tuple(stations)
        )
    if following is job:
        return job, effects
    return following, (*effects, *_reports(job if job.begun_at else None, following))


def postpone(now: datetime, job: Job, station: str | None, until: datetime) -> Step:
    """Leave a station on for a while, or all of them (None); a person asked for it."""
    return _change(
        job,
        lambda run: (
            switch_off.postpone(run, until, now)
            if isinstance(run, OffRun) and station in {None, run.station}
            else run
        ),
    )


def cancel(now: datetime, job: Job, stations: Collection[str] | None = None) -> Step:
    """Stop a job before its next step that cannot be undone.

    What was ordered is still seen to its end: step on until it is done. ``stations``
    are those to leave alone from now on; None is the whole job.
    """

    def cancel_run(run: OffRun | OnRun) -> OffRun | OnRun:
        if stations is not None and run.station not in stations:
            return run
        if isinstance(run, OffRun):
            return switch_off.cancel(run, now)
        return switch_on.cancel(run, now)

    following, reports = _change(job, cancel_run)
    if stations is not None:
        return following, reports
    following = replace(
        following,
        network=tuple(_cancel_socket(run, now) for run in following.network),
        loose=tuple(_cancel_socket(run, now) for run in following.loose),
    )
    return following, _reports(job, following)


def refused(now: datetime, job: Job, effect: Switch, reason: Reason) -> Step:
    """Take note that an order was not carried out because a stronger rule stands."""

    def tell(run: SocketRun) -> SocketRun:
        if run.socket != effect.socket or run.result or run.on is not effect.on:
            return run
        return run.ended(Outcome.REFUSED, reason, now)

    def tell_station(run: OffRun | OnRun) -> OffRun | OnRun:
        run = replace(run, monitors=tuple(tell(m) for m in run.monitors))
        if isinstance(run, OffRun):
            is_cut = run.cut.socket.socket == effect.socket and not effect.on
            return switch_off.cut_refused(run, reason) if is_cut else run
        if run.feed.socket != effect.socket:
            return run
        if effect.on:
            return replace(run, feed=tell(run.feed))
        return switch_on.cut_refused(run, reason, now)

    following, _ = _change(job, tell_station)
    following = replace(
        following,
        network=tuple(tell(run) for run in following.network),
        loose=tuple(tell(run) for run in following.loose),
    )
    return following, _reports(job, following)


def failed(now: datetime, job: Job, effect: Effect) -> Step:
    """Take note that something asked for could not be done.

    An order that failed needs no note: what the socket shows later tells.
    """
    if not isinstance(effect, ShutDown):
        return job, ()
    return _change(
        job,
        lambda run: (
            switch_off.ask_failed(run, now)
            if isinstance(run, OffRun) and run.station == effect.station
            else run
        ),
    )


def _change(job: Job, change: Callable[[OffRun | OnRun], OffRun | OnRun]) -> Step:
    following = replace(job, stations=tuple(map(change, job.stations)))
    return following, _reports(job, following)


def _cancel_socket(run: SocketRun, now: datetime) -> SocketRun:
    if run.result or run.ordered_at:
        return run
    return run.ended(Outcome.CANCELLED, Reason.CANCELLED, now)


def _give_turn(job: Job, now: datetime) -> Job:
    """Let the next one begin: network first, and never two at once."""
    if job.network_up_at is None:
        ends = [run.result for run in job.network if run.result]
        if len(ends) < len(job.network):
            return job
        came = any(r.outcome is Outcome.ON and r.reason is job.reason for r in ends)
        up_at = now + job.rules.network if came else now
        job = replace(job, network_up_at=up_at)
    assert job.network_up_at is not None
    if now < job.network_up_at:
        return job
    if job.turn_at is not None and now - job.turn_at < job.rules.stagger:
        return job
    for index, run in enumerate(job.stations):
        if isinstance(run, OnRun) and run.phase is OnPhase.WAITING:
            stations = (
                *job.stations[:index],
                switch_on.begin(run, now),
                *job.stations[index + 1 :],
            )
            return replace(job, stations=stations, turn_at=now)
    for index, loose in enumerate(job.loose):
        if not loose.released and not loose.result:
            begun = replace(loose, released=True)
            sockets = (*job.loose[:index], begun, *job.loose[index + 1 :])
            return replace(job, loose=sockets, turn_at=now)
    return job


def _reports(before: Job | None, after: Job) -> tuple[Report, ...]:
    """Return the results that are new; all of them without a job before."""
    known: dict[tuple[str | None, str], Result | None] = (
        before.results if before else {}
    )
    return tuple(
        Report(station, socket, result)
        for (station, socket), result in after.results.items()
        if result is not None and result != known.get((station, socket))
    )
