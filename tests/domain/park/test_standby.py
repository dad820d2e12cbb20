"""Bands of a socket, learnt from what it draws."""

import csv
import gzip
from pathlib import Path

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import Role
from custom_components.energy_park.park.standby import (
    DEFAULTS,
    Band,
    Bands,
    PowerHistogram,
    learn,
)
from custom_components.energy_park.park.station import OffBand

BANDS = Bands(standby_from_w=1.0, idle_from_w=10.0, active_from_w=80.0)


def histogram(*powers: tuple[float, int]) -> PowerHistogram:
    seen = PowerHistogram()
    for power_w, times in powers:
        for number in range(times):
            seen.add(power_w * (0.98 + 0.04 * number / max(times - 1, 1)))
    return seen


@pytest.mark.parametrize(
    ("power_w", "band"),
    [
        (None, Band.UNKNOWN),
        (-3.0, Band.UNKNOWN),
        (0.0, Band.OFF),
        (2.0, Band.STANDBY),
        (50.0, Band.IDLE),
        (80.0, Band.ACTIVE),
    ],
)
def test_a_power_has_its_band(power_w: float | None, band: Band) -> None:
    assert BANDS.of(power_w) is band


def test_a_boundary_must_be_crossed_clearly() -> None:
    assert BANDS.of(10.5, Band.STANDBY) is Band.STANDBY
    assert BANDS.of(11.1, Band.STANDBY) is Band.IDLE
    assert BANDS.of(9.5, Band.IDLE) is Band.IDLE
    assert BANDS.of(8.9, Band.IDLE) is Band.STANDBY
    assert BANDS.of(0.0, Band.ACTIVE) is Band.OFF
    assert BANDS.of(None, Band.ACTIVE) is Band.UNKNOWN


@given(st.floats(0, 400), st.sampled_from(Band))
def test_a_band_that_was_entered_is_kept_at_the_same_power(
    power_w: float, before: Band
) -> None:
    band = BANDS.of(power_w, before)
    assert BANDS.of(power_w, band) is band


def test_off_idle_and_work_are_told_apart() -> None:
    bands = learn(histogram((2.5, 700), (50, 300), (110, 100)), Role.COMPUTER)
    assert bands.of(2.5) in {Band.OFF, Band.STANDBY}
    assert bands.of(49) is Band.IDLE
    assert bands.of(115) is Band.ACTIVE


def test_a_small_computer_is_learnt_as_well() -> None:
    bands = learn(histogram((0.8, 700), (7, 300), (18, 100)), Role.COMPUTER)
    assert bands.of(0.9) is Band.STANDBY
    assert bands.of(7.2) is Band.IDLE
    assert bands.of(17) is Band.ACTIVE


def test_what_was_measured_at_off_is_off() -> None:
    seen = histogram((2.5, 700), (50, 300))
    bands = learn(seen, Role.COMPUTER, OffBand(0.6, 2.9))
    assert bands.of(2.6) is Band.OFF
    assert bands.of(3.5) is Band.STANDBY


def test_a_few_samples_teach_nothing() -> None:
    assert learn(histogram((2.5, 20), (50, 9)), Role.COMPUTER) == Bands()
    assert learn(PowerHistogram(), Role.MONITOR) == DEFAULTS[Role.MONITOR]


def test_a_computer_that_is_always_on_has_no_standby_to_learn() -> None:
    bands = learn(histogram((86, 1000)), Role.COMPUTER)
    assert bands == Bands()
    assert bands.of(86) is Band.IDLE


def test_stragglers_move_no_boundary() -> None:
    seen = histogram((2.5, 1000), (20, 2), (30, 2), (60, 1000))
    bands = learn(seen, Role.COMPUTER)
    assert 3 < bands.idle_from_w < 50


def test_old_habits_fade() -> None:
    seen = histogram((40, 9000))
    for _ in range(40_000):
        seen.add(80)
    assert seen.samples <= 10_080
    assert (
        len(seen.between(30, 50)) == 0
        or sum(n for _, n in seen.between(30, 50)) < 0.2 * seen.samples
    )


def test_a_histogram_survives_a_restart() -> None:
    seen = histogram((2.5, 40), (60, 40))
    again = PowerHistogram.from_dict(seen.to_dict())
    assert again.to_dict() == seen.to_dict()
    assert learn(again, Role.COMPUTER) == learn(seen, Role.COMPUTER)


@given(st.lists(st.floats(0, 3000), max_size=80), st.sampled_from(Role))
def test_whatever_was_drawn_the_bands_are_in_order(
    powers: list[float], role: Role
) -> None:
    seen = PowerHistogram()
    for power_w in powers:
        seen.add(power_w)
    bands = learn(seen, role)
    assert 0 < bands.standby_from_w <= bands.idle_from_w
    assert bands.active_from_w is None or bands.idle_from_w <= bands.active_from_w


RECORDINGS = Path(__file__).parents[4] / "shared/data/sim/tracebase_10s"


@pytest.mark.parametrize(
    ("file", "role", "standby_below_w", "on_from_w"),
    [("PC-Desktop", Role.COMPUTER, 7, 20), ("Monitor-TFT", Role.MONITOR, 2.5, 20)],
)
def test_recorded_devices_are_told_on_from_standby(
    file: str, role: Role, standby_below_w: float, on_from_w: float
) -> None:
    with gzip.open(RECORDINGS / f"{file}.csv.gz", "rt", encoding="utf-8") as text:
        header, *rows = csv.reader(text)
    days: dict[str, list[int]] = {}
    for column, name in enumerate(header[1:], 1):
        days.setdefault(name.rsplit("_", 1)[0], []).append(column)
    assert len(days) > 9
    for device, columns in days.items():
        seen = PowerHistogram()
        powers = [
            float(row[column])
            for column in columns[:3]
            for row in rows[::12]
            if row[column]
        ]
        for power_w in powers:
            seen.add(power_w)
        bands = learn(seen, role)
        for power_w in powers:
            if power_w <= standby_below_w:
                assert bands.of(power_w) in {Band.OFF, Band.STANDBY}, device
            elif power_w >= on_from_w and bands.idle_from_w <= on_from_w:
                assert bands.of(power_w) in {Band.IDLE, Band.ACTIVE}, device
        assert bands.idle_from_w <= 30, device
