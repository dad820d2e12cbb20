"""Savings against a frozen baseline: no reading, no claim; a loss is a loss."""

from datetime import UTC, datetime, timedelta
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.savings import (
    Baseline,
    DayType,
    HourMeter,
    HourRecord,
    Savings,
)

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 2, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def record(
    hours: int = 0,
    energy_wh: float = 100.0,
    socket_hours: float = 2.0,
    sockets: int = 2,
    day_type: DayType = DayType.OPEN,
) -> HourRecord:
    start = START + hours * HOUR
    return HourRecord(
        start=start,
        day_type=day_type,
        hour=start.astimezone(PARIS).hour,
        energy_wh=energy_wh,
        socket_hours=socket_hours,
        sockets=sockets,
    )


def observed(days: int = 14, energy_wh: float = 100.0) -> list[HourRecord]:
    return [record(hour, energy_wh) for hour in range(days * 24)]


def baseline(energy_wh: float = 100.0) -> Baseline:
    frozen = Baseline.freeze(observed(energy_wh=energy_wh), START)
    assert frozen is not None
    return frozen


# Hours from readings


def test_readings_become_hours() -> None:
    meter = HourMeter(PARIS)
    records = []
    for minute in range(121):
        powers: dict[str, float | None] = {"a": 60.0, "b": 30.0}
        records += meter.follow(START + minute * MINUTE, powers, DayType.OPEN)
    assert [r.start for r in records] == [START, START + HOUR]
    assert [r.hour for r in records] == [8, 9]
    assert all(r.energy_wh == pytest.approx(90) for r in records)
    assert all(r.coverage == pytest.approx(1) for r in records)


def test_a_socket_without_a_reading_is_not_covered() -> None:
    meter = HourMeter(PARIS)
    records = []
    for minute in range(61):
        powers = {"a": 60.0, "b": None if minute >= 30 else 30.0}
        records += meter.follow(START + minute * MINUTE, powers, DayType.OPEN)
    (hour,) = records
    assert hour.energy_wh == pytest.approx(75)
    assert hour.coverage == pytest.approx(0.75)


def test_a_gap_is_not_filled() -> None:
    meter = HourMeter(PARIS)
    meter.follow(START, {"a": 60.0}, DayType.OPEN)
    hour, *unseen = meter.follow(START + 5 * HOUR, {"a": 60.0}, DayType.OPEN)
    assert hour.energy_wh == pytest.approx(5)
    assert hour.coverage == pytest.approx(5 / 60)
    assert [r.start for r in unseen] == [START + n * HOUR for n in range(1, 5)]
    assert [(r.energy_wh, r.socket_hours, r.sockets) for r in unseen] == [(0, 0, 1)] * 4
    (later,) = meter.follow(START + 6 * HOUR, {"a": 60.0}, DayType.OPEN)
    assert later.energy_wh == pytest.approx(5)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=60))
def test_energy_is_counted_once_however_readings_fall(gaps_s: list[int]) -> None:
    meter = HourMeter(PARIS)
    now = START
    records = meter.follow(now, {"a": 1000.0}, DayType.OPEN)
    expected_wh = 0.0
    for gap_s in [*gaps_s, 3600, 3600]:
        expected_wh += min(gap_s, 300) / 3.6
        now += timedelta(seconds=gap_s)
        records += meter.follow(now, {"a": 1000.0}, DayType.OPEN)
    total_wh = sum(r.energy_wh for r in records)
    assert total_wh <= expected_wh + 1e-6
    assert total_wh >= expected_wh - 3600 / 3.6
    assert all(r.coverage <= 1 + 1e-9 for r in records)


def test_the_running_hour_is_told_and_outlives_a_restart() -> None:
    meter = HourMeter(PARIS)
    for minute in range(21):
        meter.follow(START + minute * MINUTE, {"a": 60.0}, DayType.CLOSED)
    assert meter.running is not None
    assert meter.running.energy_wh == pytest.approx(20)
    meter = HourMeter.from_dict(PARIS, json.loads(json.dumps(meter.to_dict())))
    records = []
    for minute in range(30, 61):
        records += meter.follow(START + minute * MINUTE, {"a": 60.0}, DayType.CLOSED)
    (hour,) = records
    assert (hour.start, hour.day_type) == (START, DayType.CLOSED)
    assert hour.energy_wh == pytest.approx(50)
    assert hour.coverage == pytest.approx(50 / 60)


def test_a_restart_before_the_first_reading_keeps_nothing() -> None:
    kept = json.loads(json.dumps(HourMeter(PARIS).to_dict()))
    assert HourMeter.from_dict(PARIS, kept).running is None


# The baseline


def test_two_weeks_of_observation_freeze_into_a_dated_baseline() -> None:
    frozen_at = START + timedelta(days=14)
    frozen = Baseline.freeze(observed(), frozen_at)
    assert frozen is not None
    assert frozen.frozen_at == frozen_at
    assert (frozen.first, frozen.last) == (START, START + timedelta(days=14) - HOUR)
    assert len(frozen.power_w) == 24
    assert set(frozen.power_w.values()) == {50.0}
    assert not frozen.declared
    assert Baseline.from_dict(frozen.to_dict()) == frozen


def test_less_freezes_into_nothing() -> None:
    assert Baseline.freeze(observed(days=13), START) is None
    assert Baseline.freeze([], START) is None
    blind = [record(hour, socket_hours=0.5) for hour in range(14 * 24)]
    assert Baseline.freeze(blind, START) is None


def test_open_and_closed_days_have_their_own_baseline() -> None:
    records = observed() + [
        record(hour, 10.0, day_type=DayType.CLOSED) for hour in range(14 * 24)
    ]
    frozen = Baseline.freeze(records, START)
    assert frozen is not None
    assert frozen.power_w[DayType.OPEN, 8] == 50
    assert frozen.power_w[DayType.CLOSED, 8] == 5


def test_a_party_is_no_custom() -> None:
    records = observed()
    records[0] = record(0, energy_wh=9000)
    frozen = Baseline.freeze(records, START)
    assert frozen is not None
    assert frozen.power_w[DayType.OPEN, 8] == 50


# The savings


def test_avoided_energy_money_and_co2_are_told_apart() -> None:
    saved = Savings().add(record(energy_wh=20), baseline(), 0.25, 60)
    assert saved.measured_wh == 20
    assert saved.baseline_wh == 100
    assert saved.avoided_wh == 80
    assert saved.avoided_money == pytest.approx(0.02)
    assert saved.avoided_co2_g == pytest.approx(4.8)
    assert (saved.coverage, saved.priced, saved.weighed) == (1, 1, 1)


def test_an_hour_above_the_baseline_counts_against_it() -> None:
    saved = Savings().add(record(energy_wh=130), baseline(), 0.2, 50)
    assert saved.avoided_wh == -30
    assert saved.avoided_money < 0
    assert saved.avoided_co2_g < 0


def test_below_zero_a_price_makes_saving_a_loss() -> None:
    saved = Savings().add(record(energy_wh=0), baseline(), -0.1)
    assert saved.avoided_money == pytest.approx(-0.01)


def test_where_there_is_no_reading_no_saving_is_claimed() -> None:
    half = Savings().add(record(energy_wh=0, socket_hours=1), baseline())
    assert half.avoided_wh == 50
    assert half.coverage == 0.5
    none = Savings().add(record(energy_wh=0, socket_hours=0), baseline())
    assert none.avoided_wh == 0
    assert none.coverage == 0


def test_sockets_that_came_later_bring_their_own_baseline() -> None:
    saved = Savings().add(record(energy_wh=200, socket_hours=4, sockets=4), baseline())
    assert saved.avoided_wh == 0


def test_an_hour_that_the_baseline_does_not_know_is_not_covered() -> None:
    unknown = record(day_type=DayType.CLOSED)
    saved = Savings().add(unknown, baseline())
    assert saved.avoided_wh == 0
    assert saved.coverage == 0


def test_hours_without_a_price_are_told() -> None:
    saved = Savings().add(record(), baseline(), 0.2).add(record(1), baseline())
    assert saved.priced == 0.5
    assert saved.weighed == 0
    assert Savings().priced is None
    assert Savings().coverage is None


def test_what_was_saved_survives_a_restart() -> None:
    saved = Savings().add(record(energy_wh=20), baseline(), 0.25, 60)
    assert Savings.from_dict(saved.to_dict()) == saved
    assert HourRecord.from_dict(record().to_dict()) == record()
