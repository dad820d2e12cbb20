"""What happened to sockets, stations and meters, as rows of events."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from ..mirror.encoding import id_of
from ..mirror.rows import EventKind, EventRow, SubjectKind
from ..model import Order, Reason, Socket, Source
from ..park.alarm_settings import AlarmKind
from ..park.alarms import Level
from ..park.arbiter import SocketState
from ..park.commissioning import Commissioning
from ..park.effects import Result
from ..park.job import Job
from ..park.station import Station
from .alarms import Alarm
from .shedding.news import Happening
from .trials import Trial

_SHED: Final = {Happening.SHED: False, Happening.RESTORED: True}
_ALARMED: Final = {Happening.OVERLOAD_PREDICTED: True, Happening.OVER: False}
_SUBJECTS: Final = {
    AlarmKind.OVERLOAD: SubjectKind.SOCKET,
    AlarmKind.VOLTAGE: SubjectKind.PLUG,
    AlarmKind.OUT_OF_HOURS: SubjectKind.SECTOR,
    AlarmKind.SILENCE: SubjectKind.PLUG,
    AlarmKind.FREQUENCY: SubjectKind.PLUG,
    AlarmKind.TAN_PHI: SubjectKind.SITE,
    AlarmKind.IMBALANCE: SubjectKind.METER,
    AlarmKind.CONTRACT: SubjectKind.METER,
}


def decisions(
    socket: Socket, before: SocketState, after: SocketState, now: datetime
) -> Iterator[EventRow]:
    """Yield the orders that came and what is wanted now, each with its reason.

    An order that is refused is told each time, with its own source and reason; why
    it is refused stands in the detail.
    """
    for order in after.claims:
        if order not in before.claims:
            outranked = order is not after.claims[0]
            yield _ordered(
                socket, order, order.given_at, after.refused if outranked else None
            )
    refused = after.refused_order
    if refused is not None and refused is not before.refused_order:
        yield _ordered(socket, refused, now, after.refused)
    if (after.wanted, after.reason) != (before.wanted, before.reason):
        yield _of_socket(
            socket.id,
            EventKind.WANTED,
            now,
            is_on=after.wanted,
            source=after.claims[0].source if after.claims else None,
            reason=after.reason,
            until=after.until,
        )


def actual(socket: Socket, on: bool | None, why: str, now: datetime) -> EventRow:
    """Return that a socket is on, off, or not heard any more (None)."""
    return _of_socket(
        socket.id,
        EventKind.ACTUAL,
        now,
        is_on=on,
        reason=None if on is None else why,
    )


def overload(meter_id: str, on: bool, now: datetime) -> EventRow:
    """Return that a meter's overload began or ended."""
    return EventRow(
        at=now,
        kind=EventKind.ALARM,
        subject_kind=SubjectKind.METER,
        subject_id=meter_id,
        is_on=on,
        reason="overload",
    )


def silence(meter_id: str, on: bool, now: datetime) -> EventRow:
    """Return that a meter fell silent, or is heard again."""
    return EventRow(
        at=now,
        kind=EventKind.ALARM,
        subject_kind=SubjectKind.METER,
        subject_id=meter_id,
        is_on=on,
        reason="silence",
    )


def shed(
    meter_id: str, happening: Happening, particulars: Mapping[str, Any], now: datetime
) -> EventRow:
    """Return what the shedding behind a meter decided, or saw coming.

    What is shed and what comes back are events of the socket, with the cause. So is
    what would have been shed, was refused or failed: there ``is_on`` is None.
    """
    detail = {"meter": meter_id, **particulars}
    if "socket_id" in particulars:
        back = happening is Happening.RESTORED
        return _of_socket(
            particulars["socket_id"],
            EventKind.RESTORE if back else EventKind.SHED,
            now,
            is_on=_SHED.get(happening),
            source=Source.SAFETY,
            reason=happening,
            detail=detail,
        )
    return EventRow(
        at=now,
        kind=EventKind.ALARM,
        subject_kind=SubjectKind.METER,
        subject_id=meter_id,
        is_on=_ALARMED.get(happening),
        reason=happening,
        detail=detail,
    )


def meter_state(meter_id: str, state: Mapping[str, object], now: datetime) -> EventRow:
    """Return what a meter tells in words from now on, such as its tariff."""
    return EventRow(
        at=now,
        kind=EventKind.STATE,
        subject_kind=SubjectKind.METER,
        subject_id=meter_id,
        detail=state,
    )


def job_taken_on(job: Job, place: str, computer: str | None) -> EventRow:
    """Return that a job was taken on, of a sector or of a station's ``computer``."""
    return EventRow(
        at=job.started_at,
        kind=EventKind.JOB,
        subject_kind=SubjectKind.SOCKET if computer else SubjectKind.SECTOR,
        subject_id=computer or place,
        is_on=job.on,
        source=job.source,
        reason=job.reason,
        detail={"job": job.id, "observe": job.observe, "sockets": len(job.results)},
        event_id=id_of(job.id),
    )


def job_result(
    job: Job, socket_id: str, station: str | None, result: Result
) -> EventRow:
    """Return what a job came to at one socket, and why.

    ``is_on`` is what was ordered; what became of it is the outcome in the detail.
    """
    return _of_socket(
        socket_id,
        EventKind.RESULT,
        result.at,
        is_on=job.on,
        source=job.source,
        reason=result.reason,
        detail={"job": job.id, "outcome": result.outcome, "station": station},
        event_id=id_of(f"{job.id} {socket_id}"),
    )


def trial_ended(
    station: Station, trial: Trial, failure: Reason | None, now: datetime
) -> EventRow:
    """Return what a test run found out of a station's computer, or why nothing."""
    learnt = None if trial.learnt is None else asdict(trial.learnt)
    return _of_socket(
        station.computer,
        EventKind.TRIAL,
        now,
        source=Source.PERSON,
        reason=failure,
        detail={
            "trial": "commissioning" if isinstance(trial, Commissioning) else "sleep",
            "station": station.name,
            "learnt": learnt,
        },
    )


def _ordered(
    socket: Socket, order: Order, at: datetime, refused: Reason | None
) -> EventRow:
    return _of_socket(
        socket.id,
        EventKind.ORDER,
        at,
        is_on=order.on,
        source=order.source,
        reason=order.reason,
        until=order.until,
        detail={"group": order.group, "refused": refused},
    )


def alarm_changed(alarm: Alarm, now: datetime) -> EventRow:
    """Return that the level of an alarm changed; it is on while there is one."""
    return EventRow(
        at=now,
        kind=EventKind.ALARM,
        subject_kind=_SUBJECTS[alarm.kind],
        subject_id=alarm.subject,
        is_on=alarm.level is not Level.OK,
        reason=alarm.kind,
        detail={"level": alarm.level},
    )


def _of_socket(
    socket_id: str, kind: EventKind, at: datetime, **values: Any
) -> EventRow:
    return EventRow(
        at=at,
        kind=kind,
        subject_kind=SubjectKind.SOCKET,
        subject_id=socket_id,
        **values,
    )
