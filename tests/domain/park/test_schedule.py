"""When a sector should be on, whatever the calendar and the clocks do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st
import pytest

from custom_components.energy_park.park.schedule import (
    Desired,
    Event,
    Ground,
    Hours,
    Override,
    Plan,
    Span,
    desired,
)

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
WORKDAYS = dict.fromkeys(
    range(5), (Hours(time(8), time(12)), Hours(time(13, 30), time(18)))
)
PLAN = Plan(zone=PARIS, week=WORKDAYS)
FRIDAY = date(2026, 11, 20)
SATURDAY = date(2026, 11, 21)
MONDAY = date(2026, 11, 23)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=PARIS)


def span(day: date, start: int, end: int) -> Span:
    return Span(at(day, start), at(day, end))


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "on", "until"),
    [
        (at(FRIDAY, 7, 59), False, at(FRIDAY, 8)),
        (at(FRIDAY, 8), True, at(FRIDAY, 12)),
        (at(FRIDAY, 12), False, at(FRIDAY, 13, 30)),
        (at(FRIDAY, 17, 59), True, at(FRIDAY, 18)),
        (at(FRIDAY, 18), False, at(MONDAY, 8)),
    ],
)
def test_the_week_decides(now: datetime, on: bool, until: datetime) -> None:
    assert desired(now, PLAN) == Desired(on, Ground.PLAN, utc(until))


def test_without_a_plan_nothing_is_on() -> None:
    assert desired(at(FRIDAY, 10), Plan(zone=PARIS)) == Desired(
        False, Ground.PLAN, None
    )


def test_a_closed_day_is_off() -> None:
    plan = replace(PLAN, closed=(Event(FRIDAY, SATURDAY),))
    assert desired(at(FRIDAY, 10), plan) == Desired(
        False, Ground.CLOSED, utc(at(MONDAY, 8))
    )


def test_a_closed_morning_is_off_until_it_ends() -> None:
    plan = replace(PLAN, closed=(Event(at(FRIDAY, 7), at(FRIDAY, 10)),))
    assert desired(at(FRIDAY, 9), plan).until == utc(at(FRIDAY, 10))
    assert desired(at(FRIDAY, 10), plan) == Desired(
        True, Ground.PLAN, utc(at(FRIDAY, 12))
    )


def test_opening_wins_over_closing() -> None:
    plan = replace(
        PLAN,
        closed=(Event(FRIDAY, MONDAY),),
        opened=(Event(at(SATURDAY, 9), at(SATURDAY, 13)),),
    )
    assert desired(at(SATURDAY, 10), plan) == Desired(
        True, Ground.OPEN, utc(at(SATURDAY, 13))
    )


def test_an_open_day_has_its_own_hours_or_the_usual_ones() -> None:
    plan = replace(
        PLAN,
        closed=(Event(FRIDAY, MONDAY),),
        opened=(Event(FRIDAY, date(2026, 11, 22)),),
    )
    assert desired(at(FRIDAY, 10), plan) == Desired(
        True, Ground.OPEN, utc(at(FRIDAY, 12))
    )
    assert desired(at(SATURDAY, 10), plan) == Desired(
        True, Ground.OPEN, utc(at(SATURDAY, 12))
    )
    always = Plan(zone=PARIS, opened=(Event(SATURDAY, date(2026, 11, 22)),))
    assert desired(at(SATURDAY, 3), always).until == utc(at(date(2026, 11, 22), 0))


@pytest.mark.parametrize("on", [True, False])
def test_an_exception_wins_over_every_calendar(on: bool) -> None:
    plan = replace(
        PLAN,
        closed=(Event(FRIDAY, SATURDAY),),
        opened=(Event(at(FRIDAY, 9), at(FRIDAY, 12)),),
        exceptions=((span(FRIDAY, 9, 11), on),),
    )
    assert desired(at(FRIDAY, 10), plan).on is on
    assert desired(at(FRIDAY, 10), plan).ground is Ground.EXCEPTION


def test_it_starts_early_to_be_ready() -> None:
    plan = replace(PLAN, lead=10 * MINUTE)
    assert not desired(at(FRIDAY, 7, 49), plan).on
    assert desired(at(FRIDAY, 7, 49), plan).until == utc(at(FRIDAY, 7, 50))
    assert desired(at(FRIDAY, 7, 50), plan).on
    assert desired(at(FRIDAY, 7, 50), plan).until == utc(at(FRIDAY, 12))
    assert not desired(at(FRIDAY, 18), plan).on


def test_it_does_not_start_early_for_a_day_that_is_closed() -> None:
    plan = replace(PLAN, lead=10 * MINUTE, closed=(Event(FRIDAY, SATURDAY),))
    assert not desired(at(FRIDAY, 7, 55), plan).on


def test_an_override_returns_to_the_plan() -> None:
    override = Override(on=True, until=at(FRIDAY, 21))
    assert desired(at(FRIDAY, 20), PLAN, override) == Desired(
        True, Ground.OVERRIDE, at(FRIDAY, 21)
    )
    assert desired(at(FRIDAY, 21), PLAN, override) == Desired(
        False, Ground.PLAN, utc(at(MONDAY, 8))
    )
    stays = Override(on=False)
    assert desired(at(FRIDAY, 10), PLAN, stays) == Desired(False, Ground.OVERRIDE, None)


@pytest.mark.parametrize("end", [time.min, time.max])
def test_hours_may_last_until_midnight(end: time) -> None:
    plan = Plan(zone=PARIS, week={4: (Hours(time(20), end),)})
    assert desired(at(FRIDAY, 23, 59), plan) == Desired(
        True, Ground.PLAN, utc(at(SATURDAY, 0))
    )


def test_spans_that_meet_are_one() -> None:
    plan = Plan(
        zone=PARIS,
        week={4: (Hours(time(8), time(12)), Hours(time(12), time(18)))},
    )
    assert desired(at(FRIDAY, 9), plan).until == utc(at(FRIDAY, 18))


hours = st.builds(
    lambda a, b: Hours(time(*divmod(min(a, b), 60)), time(*divmod(max(a, b), 60))),
    st.integers(0, 719),
    st.integers(720, 1439),
)


@pytest.mark.parametrize(
    ("day", "start", "end", "from_utc", "to_utc"),
    [
        (date(2026, 3, 29), time(2, 10), time(2, 40), (1, 10), (1, 40)),
        (date(2026, 3, 29), time(2, 30), time(3, 0), (1, 30), (2, 0)),
        (date(2026, 3, 29), time(1, 30), time(3, 30), (0, 30), (1, 30)),
        (date(2026, 10, 25), time(2, 10), time(2, 40), (0, 10), (0, 40)),
        (date(2026, 10, 25), time(1, 30), time(3, 30), (23, 30), (2, 30)),
    ],
)
def test_hours_that_are_left_out_or_come_twice(
    day: date,
    start: time,
    end: time,
    from_utc: tuple[int, int],
    to_utc: tuple[int, int],
) -> None:
    plan = Plan(zone=PARIS, week={6: (Hours(start, end),)})
    before = desired(datetime(day.year, day.month, day.day - 1, 20, tzinfo=UTC), plan)
    assert before.until is not None
    assert (before.until.hour, before.until.minute) == from_utc
    during = desired(before.until, plan)
    assert during.until is not None
    assert (during.until.hour, during.until.minute) == to_utc


@pytest.mark.parametrize("day", [date(2026, 3, 29), date(2026, 10, 25)])
@settings(deadline=None)
@given(start=st.integers(0, 300), length=st.integers(1, 300))
def test_on_days_that_set_the_clock_each_span_comes_once(
    day: date, start: int, length: int
) -> None:
    span = Hours(time(*divmod(start, 60)), time(*divmod(start + length, 60)))
    plan = Plan(zone=PARIS, week={day.weekday(): (span,)})
    now = utc(datetime(day.year, day.month, day.day, tzinfo=PARIS)) - HOUR
    states = [desired(now + n * 10 * MINUTE, plan) for n in range(200)]
    assert not states[0].on
    assert states[0].until is not None
    first = desired(states[0].until, plan)
    assert first.on
    assert first.until is not None
    assert not desired(first.until, plan).on
    assert (
        timedelta(0) < first.until - states[0].until <= timedelta(minutes=length) + HOUR
    )
    seen = "".join("x" if state.on else "." for state in states).strip(".")
    assert "." not in seen


@settings(deadline=None)
@given(
    st.dictionaries(st.integers(0, 6), st.lists(hours, max_size=3).map(tuple)),
    st.integers(0, 7 * 24 * 60),
    st.integers(0, 60),
)
def test_until_the_change_it_stays_as_it_is(
    week: dict[int, tuple[Hours, ...]], minute: int, lead: int
) -> None:
    plan = Plan(zone=PARIS, week=week, lead=lead * MINUTE)
    now = utc(at(FRIDAY, 0)) + minute * MINUTE
    state = desired(now, plan)
    if state.until is None:
        return
    assert state.until > now
    between = now + (state.until - now) / 2
    assert desired(between, plan).on is state.on
    assert desired(state.until - timedelta(seconds=1), plan).on is state.on
    assert desired(state.until, plan).on is not state.on
