"""Whose turn it is to come on again."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st

from custom_components.energy_park.park.turn import Turn

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
STAGGER = timedelta(seconds=2)
TURN = Turn("desk0", NOW)


def test_another_waits_for_the_stagger() -> None:
    almost = NOW + STAGGER - timedelta(milliseconds=1)
    assert TURN.keeps_waiting("desk1", NOW, STAGGER)
    assert TURN.keeps_waiting("desk1", almost, STAGGER)
    assert not TURN.keeps_waiting("desk1", NOW + STAGGER, STAGGER)


def test_the_sockets_of_one_unit_come_on_together() -> None:
    assert not TURN.keeps_waiting("desk0", NOW, STAGGER)


@given(back=st.timedeltas(timedelta(microseconds=1), timedelta(days=365)))
def test_a_clock_that_was_set_back_keeps_nobody_waiting(back: timedelta) -> None:
    assert not TURN.keeps_waiting("desk1", NOW - back, STAGGER)
