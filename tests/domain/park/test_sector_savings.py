"""Observed hours make a baseline, the others count against it, mixed ones are neither."""

from datetime import UTC, datetime, timedelta
import json
from zoneinfo import ZoneInfo

import pytest

from custom_components.energy_park.park.savings import DayType, Savings
from custom_components.energy_park.park.sector_savings import SectorSavings, day_type

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 2, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def pass_hours(
    sector: SectorSavings,
    now: datetime,
    hours: float,
    power_w: float,
    *,
    observing: bool,
) -> datetime:
    end = now + hours * HOUR
    while now <= end:
        for hour in sector.follow(
            now, {"a": power_w}, DayType.OPEN, observing=observing
        ):
            sector.count(hour, 0.2, 50.0)
        now += 5 * MINUTE
    return end


def frozen() -> tuple[SectorSavings, datetime]:
    """A sector with a baseline of 50 W, at the begin of the first hour after it."""
    sector = SectorSavings(PARIS)
    now = pass_hours(sector, START, 15 * 24, 50, observing=True)
    assert sector.freeze(now) is not None
    return sector, pass_hours(sector, now, 1, 50, observing=False)


@pytest.mark.parametrize(
    ("day", "holiday", "kind"),
    [
        (20, None, DayType.OPEN),
        (20, False, DayType.OPEN),
        (20, True, DayType.CLOSED),
        (21, None, DayType.CLOSED),
        (22, False, DayType.CLOSED),
    ],
)
def test_weekends_and_holidays_are_closed(
    day: int, holiday: bool | None, kind: DayType
) -> None:
    local = datetime(2026, 11, day, 12, tzinfo=PARIS)
    assert day_type(local, holiday=holiday) is kind


def test_observed_hours_do_not_count_and_counted_ones_are_not_observed() -> None:
    sector, now = frozen()
    observed = len(sector.observed)
    assert observed == 15 * 24
    assert sector.savings == Savings()
    pass_hours(sector, now, 3, 20, observing=False)
    assert sector.savings.hours == 3
    assert sector.savings.avoided_wh == pytest.approx(90)
    assert sector.savings.avoided_money == pytest.approx(0.018)
    assert sector.savings.avoided_co2_g == pytest.approx(4.5)
    assert len(sector.observed) == observed


def test_an_hour_that_was_both_is_neither() -> None:
    sector, now = frozen()
    observed = len(sector.observed)
    now = pass_hours(sector, now, 0.5, 20, observing=False)
    now = pass_hours(sector, now, 0.25, 20, observing=True)
    now = pass_hours(sector, now, 0.25, 20, observing=False)
    assert (sector.savings.hours, len(sector.observed)) == (0, observed)
    pass_hours(sector, now, 1, 20, observing=False)
    assert sector.savings.hours == 1


def test_the_running_hour_is_shown_and_not_yet_kept() -> None:
    sector, now = frozen()
    pass_hours(sector, now, 0.5, 20, observing=False)
    running = sector.with_running(0.2, None)
    assert running.avoided_wh == pytest.approx(15)
    assert (running.priced, running.weighed) == (1, 0)
    assert sector.savings.hours == 0
    pass_hours(sector, now + HOUR / 2, 0.25, 20, observing=True)
    assert sector.with_running(0.2, None) == sector.savings


def test_too_few_hours_leave_the_baseline_that_is_in_force() -> None:
    sector, now = frozen()
    before = sector.baseline
    sector.observed.clear()
    assert sector.freeze(now) is None
    assert sector.baseline == before
    assert sector.observed_days == 0


def test_hours_of_another_season_make_no_baseline() -> None:
    sector = SectorSavings(PARIS)
    now = pass_hours(sector, START, 24, 50, observing=True)
    now = pass_hours(sector, now, 60 * 24, 50, observing=False)
    pass_hours(sector, now, 48, 50, observing=True)
    assert sector.observed_days < 3


def test_a_restart_goes_on_with_all_of_it() -> None:
    sector, now = frozen()
    now = pass_hours(sector, now, 2.5, 20, observing=False)
    kept = json.loads(json.dumps(sector.to_dict()))
    back = SectorSavings.from_dict(PARIS, kept)
    assert (back.baseline, back.savings) == (sector.baseline, sector.savings)
    pass_hours(back, now + MINUTE, 1, 20, observing=False)
    assert back.savings.hours == 3
    empty = SectorSavings(PARIS).to_dict()
    assert SectorSavings.from_dict(PARIS, empty).to_dict() == empty


def test_savings_of_sectors_add_up() -> None:
    sector, now = frozen()
    pass_hours(sector, now, 3, 20, observing=False)
    twice = sector.savings.plus(sector.savings)
    assert twice.avoided_wh == pytest.approx(180)
    assert (twice.hours, twice.coverage) == (6, sector.savings.coverage)
