"""Prices and intensities of every form become one."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.prices import (
    Slot,
    Unit,
    dated_slots,
    day_slots,
    named_hours,
    parse_intensity_unit,
    parse_price_unit,
    read,
    value_at,
)

PARIS = ZoneInfo("Europe/Paris")
MADRID = ZoneInfo("Europe/Madrid")
DAY = date(2026, 11, 20)
SPRING = date(2026, 3, 29)
AUTUMN = date(2026, 10, 25)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("EUR/kWh", Unit(1, "EUR")),
        ("€/kWh", Unit(1, "EUR")),
        ("EUR/MWh", Unit(0.001, "EUR")),
        ("EUR/Wh", Unit(1000, "EUR")),
        ("ct/kWh", Unit(0.01)),
        ("c€/kWh", Unit(0.01, "EUR")),
        ("Cent/kWh", Unit(0.01)),
        ("öre/kWh", Unit(0.01)),
        ("p/kWh", Unit(0.01, "GBP")),
        ("SEK / kWh", Unit(1, "SEK")),
        ("sek/kWh", Unit(1, "SEK")),
    ],
)
def test_units_of_price(text: str, unit: Unit) -> None:
    assert parse_price_unit(text) == unit


@pytest.mark.parametrize("text", ["", "EUR", "EUR/km", "kWh/EUR", "12/kWh", "euro/h"])
def test_what_is_no_price_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unit|currency"):
        parse_price_unit(text)


@pytest.mark.parametrize(
    ("text", "factor"),
    [
        ("gCO2eq/kWh", 1),
        ("g/kWh", 1),
        ("gCO₂/kWh", 1),
        ("kg CO2e/kWh", 1000),
        ("kgCO2/MWh", 1),
        ("t/MWh", 1000),
    ],
)
def test_units_of_intensity(text: str, factor: float) -> None:
    assert parse_intensity_unit(text).factor == pytest.approx(factor)


@pytest.mark.parametrize("text", ["%", "gCO2", "W/kWh", "g/km"])
def test_what_is_no_intensity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"unit|mass"):
        parse_intensity_unit(text)


def test_dated_slots_with_an_end() -> None:
    slots = dated_slots(
        [
            {
                "start": "2026-11-20T00:00:00+01:00",
                "end": "2026-11-20T00:15:00+01:00",
                "price": 82.5,
            },
            {
                "start": datetime(2026, 11, 20, 0, 15, tzinfo=PARIS),
                "end": datetime(2026, 11, 20, 0, 30, tzinfo=PARIS),
                "value": -3,
            },
        ],
        0.001,
    )
    start = datetime(2026, 11, 19, 23, tzinfo=UTC)
    quarter = timedelta(minutes=15)
    assert slots == [
        Slot(start, start + quarter, 0.0825),
        Slot(start + quarter, start + 2 * quarter, -0.003),
    ]


def test_dated_slots_without_an_end_last_until_the_next() -> None:
    slots = dated_slots(
        [
            {"time": "2026-11-20T00:30:00+00:00", "price": 0.2},
            {"time": "2026-11-20T00:00:00+00:00", "price": 0.1},
            {"time": "2026-11-20T01:00:00+00:00", "price": None},
        ],
        1,
    )
    assert [(s.end - s.start, s.value) for s in slots] == [
        (timedelta(minutes=30), 0.1),
        (timedelta(minutes=30), 0.2),
    ]
    (alone,) = dated_slots([{"hour": "2026-11-20T00:00:00Z", "price": 1}], 1)
    assert alone.end - alone.start == HOUR


@pytest.mark.parametrize(
    "entry",
    [
        {"price": 1},
        {"start": "2026-11-20T00:00:00", "price": 1},
        {"start": 12, "price": 1},
        {"start": "soon", "price": 1},
        {
            "start": "2026-11-20T01:00:00+00:00",
            "end": "2026-11-20T00:00:00+00:00",
            "value": 1,
        },
    ],
)
def test_dated_slots_of_another_shape_are_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        dated_slots([entry], 1)


@pytest.mark.parametrize(("day", "hours"), [(DAY, 24), (SPRING, 23), (AUTUMN, 25)])
@pytest.mark.parametrize("by_hour", [1, 2, 4])
def test_a_days_values_fill_the_local_day(day: date, hours: int, by_hour: int) -> None:
    values = [float(n) for n in range(hours * by_hour)]
    slots = day_slots(values, day, PARIS, 1)
    assert slots[0].start.astimezone(PARIS) == datetime(
        day.year, day.month, day.day, tzinfo=PARIS
    )
    assert slots[-1].end.astimezone(PARIS).date() == day + timedelta(days=1)
    assert all(a.end == b.start for a, b in pairwise(slots))
    assert all(s.end - s.start == HOUR / by_hour for s in slots)


@pytest.mark.parametrize("count", [0, 23, 25, 26, 95, 97])
def test_values_that_do_not_fill_the_day_are_refused(count: int) -> None:
    with pytest.raises(ValueError, match="24 hours"):
        day_slots([1.0] * count, DAY, PARIS, 1)


def test_hours_that_are_not_published_are_left_out() -> None:
    slots = day_slots([None] * 12 + [1.0] * 12, DAY, PARIS, 1)
    assert len(slots) == 12
    assert value_at(slots, slots[0].start - HOUR) is None


def test_named_hours_know_the_days_of_23_and_25_hours() -> None:
    usual = {f"price_{hour:02}h": hour / 100 for hour in range(24)}
    assert [s.value for s in named_hours(usual, DAY, MADRID, 1)] == list(usual.values())
    autumn = usual | {"price_02h_d": 0.5, "tariff": "2.0TD"}
    slots = named_hours(autumn, AUTUMN, MADRID, 1)
    assert len(slots) == 25
    assert slots[3] == Slot(
        datetime(2026, 10, 25, 1, tzinfo=UTC),
        datetime(2026, 10, 25, 2, tzinfo=UTC),
        0.5,
    )
    spring = {key: value for key, value in usual.items() if key != "price_02h"}
    assert len(named_hours(spring, SPRING, MADRID, 1)) == 23
    with pytest.raises(ValueError, match="25 hours"):
        named_hours(usual, AUTUMN, MADRID, 1)


DATED = [{"start": "2026-11-20T00:00:00+01:00", "value": 0.3}]
HOURS = [0.3] + [0.0] * 23


@pytest.mark.parametrize(
    "attributes",
    [
        {"raw_today": DATED, "today": HOURS},
        {"data": DATED},
        {"raw_today": DATED, "raw_tomorrow": None},
        {"prices": [{"time": "2026-11-19 23:00:00+00:00", "price": 0.3}]},
        {"today": HOURS, "tomorrow": []},
        {"today": HOURS, "tomorrow": HOURS},
        {f"price_{n:02}h": value for n, value in enumerate(HOURS)},
        {f"price_{n:02}h": value for n, value in enumerate(HOURS)}
        | {f"price_next_day_{n:02}h": value for n, value in enumerate(HOURS)},
    ],
)
def test_the_price_is_found_in_every_shape(attributes: dict[str, Any]) -> None:
    slots = read(attributes, DAY, PARIS, 1)
    midnight = datetime(2026, 11, 20, tzinfo=PARIS)
    assert value_at(slots, midnight + timedelta(minutes=59)) == 0.3
    if "tomorrow" in str(attributes) and attributes.get("tomorrow"):
        assert value_at(slots, midnight + 24 * HOUR) == 0.3


def test_an_entity_without_a_forecast_has_no_slots() -> None:
    assert read({"unit_of_measurement": "EUR/kWh"}, DAY, PARIS, 1) == []


@given(st.lists(st.floats(-1, 1), min_size=96, max_size=96), st.integers(0, 86_399))
def test_every_moment_of_a_day_has_its_price(values: list[float], second: int) -> None:
    slots = day_slots(values, DAY, PARIS, 1)
    moment = datetime(2026, 11, 20, tzinfo=PARIS) + timedelta(seconds=second)
    assert value_at(slots, moment) == values[second // 900]
