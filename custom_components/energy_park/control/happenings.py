"""What happened to sockets and meters, as rows: orders, wanted and actual states."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ..mirror.rows import EventKind, EventRow, SubjectKind
from ..model import Socket
from ..park.arbiter import SocketState


def decisions(
    socket: Socket, before: SocketState, after: SocketState, now: datetime
) -> Iterator[EventRow]:
    """Yield the orders that came and what is wanted now, each with its reason."""
    for order in after.claims:
        if order not in before.claims:
            yield _of_socket(
                socket,
                EventKind.ORDER,
                order.given_at,
                is_on=order.on,
                source=order.source,
                reason=order.reason,
                until=order.until,
                detail={"group": order.group},
            )
    if after.refused is not None and after.refused is not before.refused:
        yield _of_socket(
            socket,
            EventKind.ORDER,
            now,
            reason=after.refused,
            detail={"refused": True},
        )
    if (after.wanted, after.reason) != (before.wanted, before.reason):
        yield _of_socket(
            socket,
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
        socket,
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


def _of_socket(
    socket: Socket, kind: EventKind, at: datetime, **values: Any
) -> EventRow:
    return EventRow(
        at=at,
        kind=kind,
        subject_kind=SubjectKind.SOCKET,
        subject_id=socket.id,
        **values,
    )
