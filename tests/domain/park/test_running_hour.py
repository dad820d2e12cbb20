"""What a meter has counted since the clock struck."""

from datetime import UTC, datetime, timedelta

import pytest

from custom_components.energy_park.park.running_hour import RunningHour

HOUR = datetime(2026, 11, 20, 18, tzinfo=UTC)


def follow(*samples: tuple[float, float], hour: RunningHour | None = None) -> float:
    """Return what is used after samples: seconds around the hour, and totals."""
    hour = hour or RunningHour()
    for seconds, total_wh in samples:
        hour = hour.follow(total_wh, HOUR + timedelta(seconds=seconds))
    assert hour.used_wh is not None
    return hour.used_wh


def test_what_was_drawn_before_the_hour_does_not_count() -> None:
    assert follow((-600, 100), (-2, 900), (2, 904), (1800, 1900)) == pytest.approx(998)


def test_each_hour_begins_anew() -> None:
    samples = [(60.0 * minute, 10.0 * minute) for minute in range(-1, 121)]
    assert follow(*samples) == pytest.approx(0)
    assert follow(*samples[:-1]) == pytest.approx(590)


@pytest.mark.parametrize(
    "samples",
    [
        [(10, 100), (20, 110)],
        [(-400, 100), (20, 110)],
        [(-2, 100), (2, 104), (10, 50)],
        [(-2, 100), (2, 104), (-1, 104)],
        [(-2, 100), (7300, 4000)],
    ],
    ids=["began before", "gap", "another meter", "clock set back", "two hours later"],
)
def test_what_is_not_known_is_not_guessed(samples: list[tuple[float, float]]) -> None:
    hour = RunningHour()
    for seconds, total_wh in samples:
        hour = hour.follow(total_wh, HOUR + timedelta(seconds=seconds))
    assert hour.used_wh is None
