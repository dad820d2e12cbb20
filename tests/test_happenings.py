"""What is told of orders and of what follows from them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.energy_park.control.happenings import decisions, shed
from custom_components.energy_park.control.shedding.news import Happening
from custom_components.energy_park.mirror.rows import EventKind, EventRow, SubjectKind
from custom_components.energy_park.model import (
    Order,
    Reason,
    Role,
    Socket,
    SocketReading,
    Source,
)
from custom_components.energy_park.park import arbiter
from custom_components.energy_park.park.arbiter import SocketState
from custom_components.energy_park.park.caution import Policy

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
SOCKET = Socket(
    id="a_0", number=0, name="Heater", role=Role.OTHER, sector=None, priority=9
)
OPEN = Policy(role=Role.OTHER, protected=False)
ON = SocketReading(on=True)
FOUND = SocketState(wanted=True, confirmed=True)


def order(source: Source, reason: Reason, on: bool = False) -> Order:
    return Order(on=on, source=source, reason=reason, given_at=NOW)


def told(before: SocketState, after: SocketState) -> list[EventRow]:
    return list(decisions(SOCKET, before, after, NOW))


def test_shedding_is_told_as_such() -> None:
    claim = order(Source.SAFETY, Reason.SHED)
    after = arbiter.place(FOUND, claim, OPEN, ON, NOW).state
    assert [row.kind for row in told(FOUND, after)] == [
        EventKind.ORDER,
        EventKind.WANTED,
    ]
    particulars = {"socket": "Heater", "socket_id": "a_0", "power": 1500}
    for happening, kind, on in (
        (Happening.SHED, EventKind.SHED, False),
        (Happening.RESTORED, EventKind.RESTORE, True),
        (Happening.REFUSED, EventKind.SHED, None),
    ):
        row = shed("0217", happening, particulars, NOW)
        assert (row.kind, row.subject_id, row.is_on) == (kind, "a_0", on)
        assert (row.source, row.reason) == (Source.SAFETY, happening)
        assert row.detail == {"meter": "0217", **particulars}


def test_what_a_meter_foresees_is_an_alarm() -> None:
    row = shed("0217", Happening.OVERLOAD_PREDICTED, {"seconds_left": 9.5}, NOW)
    assert (row.kind, row.subject_kind) == (EventKind.ALARM, SubjectKind.METER)
    assert (row.subject_id, row.is_on) == ("0217", True)
    assert shed("0217", Happening.OVER, {}, NOW).is_on is False


def test_an_order_that_has_to_wait_is_told_with_the_reason() -> None:
    cut = arbiter.place(FOUND, order(Source.SAFETY, Reason.SHED), OPEN, ON, NOW).state
    wish = order(Source.PERSON, Reason.PERSON, on=True)
    after = arbiter.place(cut, wish, OPEN, ON, NOW).state
    [row] = told(cut, after)
    assert (row.kind, row.source, row.reason) == (
        EventKind.ORDER,
        Source.PERSON,
        Reason.PERSON,
    )
    assert row.detail["refused"] is Reason.OUTRANKED


def test_each_refusal_is_told_with_the_orders_own_reason() -> None:
    keep = replace(OPEN, protected=True)
    state = FOUND
    for minute in range(3):
        at = NOW + timedelta(minutes=minute)
        wish = replace(order(Source.SCHEDULE, Reason.AUTOMATION), given_at=at)
        after = arbiter.place(state, wish, keep, ON, at).state
        [row] = told(state, after)
        assert (row.source, row.reason) == (Source.SCHEDULE, Reason.AUTOMATION)
        assert row.detail == {"group": False, "refused": Reason.PROTECTED}
        state = after
    # What is told is not told again with the next reading.
    assert told(state, replace(state, confirmed=False)) == []
