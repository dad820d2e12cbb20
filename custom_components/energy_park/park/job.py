"""What a switching job consists of, and how it is set up and kept over a restart."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Self

from ..model import Reason, Role, Socket, Source
from .effects import Outcome, Result
from .observation import AtLimit, Rules
from .safe_cut import SafeCut
from .socket_run import SocketRun
from .station import Station
from .switch_off import OffRun
from .switch_on import OnRun


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One order to a set of stations and sockets, and how far it has come.

    ``source``, ``reason`` and ``by`` tell who gave it and why; ``by`` is the id of a
    user or an automation. ``observe``: decide and report, switch nothing. ``network``
    are the sockets that feed network equipment, on before all others; ``loose`` are
    the other sockets without a station. ``network_up_at`` is when the network
    carries packets, ``turn_at`` when the last one was let begin.
    """

    id: str
    on: bool
    source: Source
    reason: Reason
    started_at: datetime
    by: str | None = None
    observe: bool = False
    rules: Rules = field(default_factory=Rules)
    stations: tuple[OffRun | OnRun, ...] = ()
    network: tuple[SocketRun, ...] = ()
    loose: tuple[SocketRun, ...] = ()
    begun_at: datetime | None = None
    network_up_at: datetime | None = None
    turn_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether every socket has its result, and has been reported."""
        return (
            self.begun_at is not None
            and all(run.done for run in self.stations)
            and all(run.result for run in (*self.network, *self.loose))
        )

    @property
    def results(self) -> dict[tuple[str | None, str], Result | None]:
        """Each socket's result, by station (None: loose) and socket."""
        results: dict[tuple[str | None, str], Result | None] = {
            (None, run.socket): run.result for run in (*self.network, *self.loose)
        }
        for run in self.stations:
            computer = run.cut.socket if isinstance(run, OffRun) else run.feed
            results[run.station, computer.socket] = run.result
            for monitor in run.monitors:
                results[run.station, monitor.socket] = monitor.result
        return results

    @property
    def progress(self) -> float:
        """How much of it is done, from 0 to 1."""
        results = self.results.values()
        return sum(1 for r in results if r) / len(results) if results else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return what a restart must keep, ready for JSON."""
        return {
            "id": self.id,
            "on": self.on,
            "source": self.source,
            "reason": self.reason,
            "started_at": self.started_at.isoformat(),
            "by": self.by,
            "observe": self.observe,
            "rules": _dump_rules(self.rules),
            "stations": [run.to_dict() for run in self.stations],
            "network": [run.to_dict() for run in self.network],
            "loose": [run.to_dict() for run in self.loose],
            "begun_at": self.begun_at and self.begun_at.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Go on after a restart: at the guard, whatever was under way."""
        run = OnRun if kept["on"] else OffRun
        return cls(
            id=kept["id"],
            on=kept["on"],
            source=Source(kept["source"]),
            reason=Reason(kept["reason"]),
            started_at=datetime.fromisoformat(kept["started_at"]),
            by=kept["by"],
            observe=kept["observe"],
            rules=_load_rules(kept["rules"]),
            stations=tuple(run.from_dict(station) for station in kept["stations"]),
            network=tuple(SocketRun.from_dict(s) for s in kept["network"]),
            loose=tuple(SocketRun.from_dict(s) for s in kept["loose"]),
            begun_at=kept["begun_at"] and datetime.fromisoformat(kept["begun_at"]),
        )


def set_up(
    job: Job,
    sockets: Iterable[Socket],
    stations: Sequence[Station],
    protected: Collection[str],
    role: Role | None = None,
) -> Job:
    """Fill a job with what it is to switch.

    ``sockets`` are those of the sector, ``stations`` those of the park, with their
    shared sockets marked. ``role`` narrows it to computers or monitors. A socket
    that must stay on is part of the job, with its refusal as its result.
    """
    chosen = {s.id: s for s in sockets if role is None or s.role is role}
    left = dict(chosen)
    runs: list[OffRun | OnRun] = []
    refused: dict[str, Reason] = {}
    for station in stations:
        computer = chosen.get(station.computer)
        if computer is None or computer.role is not Role.COMPUTER:
            continue
        monitors = [
            id_
            for id_ in station.monitors
            if id_ in chosen and chosen[id_].role is Role.MONITOR
        ]
        for id_ in (computer.id, *monitors):
            left.pop(id_, None)
        if not job.on and computer.id in protected:
            # Whoever works at a protected computer keeps the monitors as well.
            refused |= dict.fromkeys((computer.id, *monitors), Reason.PROTECTED)
        else:
            runs.append(_station_run(job, station, monitors, protected))
    if not job.on:
        shared = frozenset[str]().union(*(station.shared for station in stations))
        refused |= {
            socket.id: reason
            for socket in left.values()
            if (reason := _refusal(socket, socket.id in protected, socket.id in shared))
        }
    return replace(
        job,
        stations=tuple(runs),
        network=tuple(
            SocketRun(socket=socket.id, on=True, released=True)
            for socket in left.values()
            if job.on and socket.role is Role.NETWORK
        ),
        loose=tuple(
            _refused(id_, reason, job.started_at) for id_, reason in refused.items()
        )
        + tuple(
            SocketRun(socket=socket.id, on=job.on, released=not job.on)
            for socket in left.values()
            if socket.id not in refused and not (job.on and socket.role is Role.NETWORK)
        ),
    )


def is_needed(job: Job, sockets: Iterable[Socket]) -> bool:
    """Whether it takes a job: stations are watched, computers fed one after the other.

    All other sockets are switched at once.
    """
    computers = {socket.id for socket in sockets if socket.role is Role.COMPUTER}
    fed = [run for run in job.loose if job.on and run.socket in computers]
    return bool(job.stations) or len(fed) > 1


def _station_run(
    job: Job, station: Station, monitors: Iterable[str], protected: Collection[str]
) -> OffRun | OnRun:
    if job.on:
        return OnRun(
            station=station.id,
            feed=SocketRun(socket=station.computer, on=True),
            monitors=tuple(SocketRun(socket=id_, on=True) for id_ in monitors),
        )
    runs = []
    for id_ in monitors:
        if id_ in protected:
            runs.append(_refused(id_, Reason.PROTECTED, job.started_at))
        elif id_ in station.shared:
            runs.append(_refused(id_, Reason.SHARED, job.started_at))
        else:
            runs.append(SocketRun(socket=id_, on=False))
    return OffRun(
        station=station.id,
        cut=SafeCut.of(station.computer),
        monitors=tuple(runs),
        limit_at=job.started_at + job.rules.limit,
    )


def _refusal(socket: Socket, protected: bool, shared: bool) -> Reason | None:
    """Why a socket without a station must not be switched off, if so."""
    if protected or socket.role is Role.NETWORK:
        return Reason.PROTECTED
    if socket.role is Role.COMPUTER:
        return Reason.WAKE_UNKNOWN
    return Reason.SHARED if shared else None


def _refused(socket: str, reason: Reason, now: datetime) -> SocketRun:
    return SocketRun(socket=socket, on=False).ended(Outcome.REFUSED, reason, now)


def _dump_rules(rules: Rules) -> dict[str, Any]:
    return {
        name: value.total_seconds() if isinstance(value, timedelta) else value
        for name, value in asdict(rules).items()
    }


def _load_rules(kept: Mapping[str, Any]) -> Rules:
    times = {
        name: timedelta(seconds=value)
        for name, value in kept.items()
        if name != "at_limit"
    }
    return Rules(at_limit=AtLimit(kept["at_limit"]), **times)
