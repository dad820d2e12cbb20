"""Energy by local midnight, over days of 23 and 25 hours, and over gaps."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.periods import (
    GAP,
    PeriodEnergy,
    Remainder,
    remainder,
)
from custom_components.energy_park.park.plain import from_plain, to_plain

PARIS = ZoneInfo("Europe/Paris")
# Its summer time begins at midnight: that day has no 0:00.
BEIRUT = ZoneInfo("Asia/Beirut")


def local(text: str, zone: ZoneInfo = PARIS) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def run(samples: list[tuple[datetime, float]]) -> PeriodEnergy:
    energy = PeriodEnergy()
    for now, total_wh in samples:
        energy = energy.follow(total_wh, now)
    return energy


def test_the_first_sample_is_where_it_begins() -> None:
    energy = run([(local("2026-11-20 10:00"), 5000)])
    assert energy.today and energy.month
    assert energy.today.energy_wh == energy.month.energy_wh == 0
    assert energy.today.since == local("2026-11-20 10:00")


def test_a_day_and_a_month_pass() -> None:
    energy = run(
        [
            (local("2026-11-29 23:00"), 0),
            (local("2026-11-29 23:59"), 59),
            (local("2026-11-30 00:01"), 61),
            (local("2026-11-30 23:59"), 1000),
            (local("2026-12-01 00:01"), 1002),
        ]
    )
    assert energy.today and energy.month and energy.yesterday and energy.last_month
    assert energy.today.energy_wh == pytest.approx(1)
    assert energy.today.first_day == date(2026, 12, 1)
    assert energy.yesterday.energy_wh == pytest.approx(941)
    assert energy.month.energy_wh == pytest.approx(1)
    assert energy.last_month.energy_wh == pytest.approx(1001)
    assert not energy.yesterday.estimated


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-20", 24)]
)
def test_a_day_has_its_own_hours(day: str, hours: int) -> None:
    begin = local(f"{day} 00:00").astimezone(UTC)
    samples = [
        ((begin + timedelta(minutes=n)).astimezone(PARIS), 2.0 * n)
        for n in range(hours * 60 + 1)
    ]
    energy = run(samples)
    assert energy.yesterday and energy.today
    assert energy.yesterday.energy_wh == pytest.approx(hours * 120)
    assert energy.today.energy_wh == 0


def test_a_midnight_that_the_clock_skips() -> None:
    energy = run(
        [
            (local("2026-03-28 23:58", BEIRUT), 0),
            (local("2026-03-29 01:02", BEIRUT), 4),
        ]
    )
    assert energy.today and energy.yesterday
    assert energy.today.energy_wh == pytest.approx(2)
    assert energy.yesterday.energy_wh == pytest.approx(2)


def test_a_gap_over_days_is_shared_out_and_told() -> None:
    energy = run([(local("2026-11-20 12:00"), 0), (local("2026-11-23 12:00"), 7200)])
    assert energy.today and energy.yesterday and energy.month
    assert energy.today.energy_wh == pytest.approx(1200)
    assert energy.today.estimated
    assert energy.yesterday.first_day == date(2026, 11, 22)
    assert energy.yesterday.energy_wh == pytest.approx(2400)
    assert energy.yesterday.estimated
    assert energy.month.energy_wh == 7200
    # All of it was drawn this month: nothing had to be guessed.
    assert not energy.month.estimated


def test_a_gap_within_a_day_is_no_guess() -> None:
    energy = run([(local("2026-11-20 08:00"), 0), (local("2026-11-20 12:00"), 400)])
    assert energy.today
    assert (energy.today.energy_wh, energy.today.estimated) == (400, False)


def test_an_old_sample_and_a_total_that_fell_add_nothing() -> None:
    before = run([(local("2026-11-20 10:00"), 0), (local("2026-11-20 11:00"), 100)])
    assert before.follow(500, local("2026-11-20 10:59")) is before
    after = before.follow(40, local("2026-11-20 12:00"))
    assert after.today and after.today.energy_wh == 100
    again = after.follow(60, local("2026-11-20 13:00"))
    assert again.today and again.today.energy_wh == 120


def test_the_hour_that_comes_twice_is_two_hours() -> None:
    first = local("2026-10-25 02:30")
    second = first.replace(fold=1)
    energy = run([(first, 0), (second, 60)])
    assert energy.today and energy.today.energy_wh == 60


def test_a_zone_further_west_takes_nothing_back() -> None:
    energy = run([(local("2026-11-20 00:30"), 0), (local("2026-11-20 01:00"), 10)])
    moved = energy.follow(20, local("2026-11-19 20:00", ZoneInfo("America/New_York")))
    assert moved.today and moved.today.energy_wh == 20


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        PeriodEnergy().follow(0, datetime(2026, 11, 20))


steps = st.lists(
    st.tuples(st.integers(1, 200_000), st.floats(0, 5000)), min_size=1, max_size=12
)


@given(st.integers(1_700_000_000, 1_800_000_000), steps)
def test_nothing_is_lost_and_nothing_is_invented(
    begin: int, steps: list[tuple[int, float]]
) -> None:
    energy = PeriodEnergy().follow(
        0, datetime.fromtimestamp(begin, UTC).astimezone(PARIS)
    )
    moment, total_wh = begin, 0.0
    for pause_s, drawn_wh in steps:
        before, moment, total_wh = energy, moment + pause_s, total_wh + drawn_wh
        energy = before.follow(
            total_wh, datetime.fromtimestamp(moment, UTC).astimezone(PARIS)
        )
        for period, former, earlier in (
            (energy.today, energy.yesterday, before.today),
            (energy.month, energy.last_month, before.month),
        ):
            assert period and earlier
            assert period.energy_wh >= 0
            grown_wh = period.energy_wh
            if period.first_day == earlier.first_day:
                grown_wh -= earlier.energy_wh
            elif former and former.first_day == earlier.first_day:
                grown_wh += former.energy_wh - earlier.energy_wh
            else:
                continue
            assert grown_wh == pytest.approx(drawn_wh, abs=1e-6)
        assert energy.today and before.today
        guessed = pause_s > GAP.total_seconds() or before.today.estimated
        assert not energy.today.estimated or guessed


@given(st.integers(1_700_000_000, 1_800_000_000), steps)
def test_a_restart_changes_nothing(begin: int, steps: list[tuple[int, float]]) -> None:
    energy, restarted = PeriodEnergy(), PeriodEnergy()
    moment, total_wh = begin, 0.0
    for pause_s, drawn_wh in steps:
        moment, total_wh = moment + pause_s, total_wh + drawn_wh
        now = datetime.fromtimestamp(moment, UTC).astimezone(PARIS)
        energy = energy.follow(total_wh, now)
        restarted = from_plain(PeriodEnergy, to_plain(restarted.follow(total_wh, now)))
    assert restarted == energy


@pytest.mark.parametrize(
    ("meter_wh", "sockets_wh", "expected"),
    [
        (1000, [300, 200], Remainder(500, 2, 2)),
        (1000, [300, None], Remainder(700, 1, 2)),
        (1000, [None, None], Remainder(None, 0, 2)),
        (1000, [], Remainder(1000, 0, 0)),
        (None, [300], Remainder(None, 1, 1)),
        (1000, [1200], Remainder(-200, 1, 1)),
    ],
)
def test_what_nobody_measured_is_what_the_sockets_leave(
    meter_wh: float | None, sockets_wh: list[float | None], expected: Remainder
) -> None:
    assert remainder(meter_wh, sockets_wh) == expected
