"""What is told of orders and of what follows from them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from custom_components.energy_park.control.happenings import decisions
from custom_components.energy_park.mirror.rows import EventKind, EventRow
from custom_components.energy_park.model import (
    Order,
    Reason,
    Role,
    Socket,
    SocketReading,
    Source,
)
from custom_components.energy_park.park import arbiter
from custom_components.energy_park.park.arbiter import Policy, SocketState

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
    shed = order(Source.SAFETY, Reason.SHED)
    after = arbiter.place(FOUND, shed, OPEN, ON, NOW).state
    rows = told(FOUND, after)
    kinds = [EventKind.ORDER, EventKind.WANTED, EventKind.SHED]
    assert [row.kind for row in rows] == kinds
    assert {(row.is_on, row.source, row.reason) for row in rows} == {
        (False, Source.SAFETY, Reason.SHED)
    }
    assert len({row.event_id for row in rows}) == 3
    back = replace(shed, on=True, reason=Reason.RESTORED)
    kinds = [EventKind.ORDER, EventKind.WANTED, EventKind.RESTORE]
    restored = arbiter.place(after, back, OPEN, ON, NOW).state
    assert [row.kind for row in told(after, restored)] == kinds


def test_an_order_that_has_to_wait_is_told_with_the_reason() -> None:
    shed = arbiter.place(FOUND, order(Source.SAFETY, Reason.SHED), OPEN, ON, NOW).state
    wish = order(Source.PERSON, Reason.PERSON, on=True)
    after = arbiter.place(shed, wish, OPEN, ON, NOW).state
    [row] = told(shed, after)
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
