"""What energy costs: by index, by the price of the moment, never free by default."""

from dataclasses import astuple
from datetime import datetime, timedelta
import json
from zoneinfo import ZoneInfo

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.park.cost import PRICE_HOLDS, Cost, EnergyCost, Price

PARIS = ZoneInfo("Europe/Paris")
START = datetime(2026, 11, 20, 12, tzinfo=PARIS)
SECOND = timedelta(seconds=1)

# Indexes of real contracts, at prices of that kind.
CONTRACTS = {
    "base": {"BASE": 0.1952},
    "off-peak hours": {"HCHC": 0.1579, "HCHP": 0.2081},
    "EJP": {"EJPHN": 0.1658, "EJPHPM": 1.6},
    "Tempo": {f"EASF{n:02}": 0.1 * n for n in range(1, 7)},
    "Zen Flex": {
        f"EASF{n:02}": price for n, price in enumerate((0.15, 0.2, 0.2, 0.7), 1)
    },
    "week-end": {"EASF01": 0.16, "EASF02": 0.22, "EASF03": 0.16},
}


@pytest.mark.parametrize("prices", CONTRACTS.values(), ids=CONTRACTS.keys())
def test_each_index_has_its_price(prices: dict[str, float]) -> None:
    cost = EnergyCost()
    cost.update(dict.fromkeys(prices, 5_000_000), prices, START)
    assert cost.total == Cost()
    drawn_wh = {label: 1000 * count for count, label in enumerate(prices, 1)}
    cost.update(
        {label: 5_000_000 + wh for label, wh in drawn_wh.items()},
        prices,
        START + SECOND,
    )
    expected = sum(prices[label] * wh / 1000 for label, wh in drawn_wh.items())
    for told in (cost.total, cost.today, cost.month):
        assert told.eur == pytest.approx(expected)
        assert told.unpriced_wh == 0


def test_energy_is_priced_when_it_is_counted() -> None:
    market = [0.10]
    cost = EnergyCost()
    for count, price in enumerate((0.10, 0.10, 0.30, -0.05)):
        market[0] = price
        at = START + timedelta(minutes=count)
        cost.update({"BASE": 1000 * count}, {"BASE": lambda: market[0]}, at)
    assert astuple(cost.total) == (pytest.approx(0.10 + 0.30 - 0.05), 0)


def test_the_indexes_of_another_meter_are_no_energy() -> None:
    cost = EnergyCost()
    prices: dict[str, Price] = {"BASE": 0.2}
    cost.update({"BASE": 1_000}, prices, START)
    cost.update({"BASE": 2_000}, prices, START + SECOND)
    cost.begin_anew()
    cost.update({"BASE": 9_000_000}, prices, START + 2 * SECOND)
    assert cost.total.eur == pytest.approx(0.2)


def test_what_has_no_price_is_not_free() -> None:
    cost = EnergyCost()
    prices: dict[str, Price] = {"HCHC": 0.16, "HCHP": lambda: None}
    cost.update({"HCHC": 0, "HCHP": 0, "BASE": 0}, prices, START)
    cost.update({"HCHC": 1000, "HCHP": 300, "BASE": 70}, prices, START + SECOND)
    assert astuple(cost.total) == (pytest.approx(0.16), 370)


@pytest.mark.parametrize(
    ("gap", "before", "after", "eur"),
    [
        (PRICE_HOLDS, 0.10, 0.30, 0.30),
        (PRICE_HOLDS + SECOND, 0.10, 0.30, None),
        (PRICE_HOLDS + SECOND, 0.20, 0.20, 0.20),
        (PRICE_HOLDS + SECOND, None, 0.20, None),
    ],
)
def test_over_a_gap_a_price_that_changed_is_unknown(
    gap: timedelta, before: float | None, after: float, eur: float | None
) -> None:
    cost = EnergyCost()
    cost.update({"BASE": 0}, {"BASE": lambda: before}, START)
    cost.update({"BASE": 1000}, {"BASE": lambda: after}, START + gap)
    assert cost.total == (Cost(0, 1000) if eur is None else Cost(eur, 0))


def test_a_fixed_price_holds_over_any_gap() -> None:
    cost = EnergyCost()
    cost.update({"BASE": 0}, {"BASE": 0.2}, START)
    cost.update({"BASE": 70_000}, {"BASE": 0.2}, START + timedelta(days=7))
    assert astuple(cost.total) == (pytest.approx(14), 0)


def test_days_and_months_begin_at_local_midnight() -> None:
    cost = EnergyCost()
    told = []
    last = datetime(2026, 10, 24, 23, 59, 59, tzinfo=PARIS)
    for count, at in enumerate(
        (
            last - SECOND,
            last,
            last + SECOND,
            datetime(2026, 10, 25, 23, 59, 59, tzinfo=PARIS),
            datetime(2026, 10, 26, 0, 0, 1, tzinfo=PARIS),
            datetime(2026, 10, 31, 23, 0, tzinfo=PARIS),
            datetime(2026, 11, 1, 3, 0, tzinfo=PARIS),
        )
    ):
        cost.update({"BASE": 1000 * count}, {"BASE": 1.0}, at)
        told.append((cost.today.eur, cost.month.eur))
    # What was drawn over a midnight is shared out in proportion to the time.
    assert told[:5] == [(0, 0), (1, 1), (0, 2), (1, 3), (0.5, 4)]
    assert told[6] == (0.75, 0.75)
    assert cost.total.eur == 6


def test_the_subscription_runs_with_the_time() -> None:
    cost = EnergyCost()
    for hours in range(0, 49, 6):
        cost.update({}, {}, START + timedelta(hours=hours), 0.48)
    assert cost.total.eur == pytest.approx(0.96)
    assert cost.today.eur == pytest.approx(0.24)
    assert cost.month.eur == pytest.approx(0.96)
    cost.update({}, {}, START + timedelta(days=12), 0.48)
    assert cost.total.eur == pytest.approx(12 * 0.48)
    assert cost.month.eur == pytest.approx(1.5 * 0.48)


@given(
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 100_000)), max_size=30),
    st.integers(0, 30),
)
def test_a_restart_changes_nothing(
    steps: list[tuple[int, int]], restart_at: int
) -> None:
    through, restarted = EnergyCost(), EnergyCost()
    index_wh, at = 100_000, START
    for count, (rise_wh, after_s) in enumerate(steps):
        index_wh, at = index_wh + rise_wh, at + timedelta(seconds=after_s)
        if count == restart_at:
            restarted = EnergyCost(json.loads(json.dumps(restarted.state)))
        for cost in (through, restarted):
            cost.update({"BASE": index_wh}, {"BASE": 0.2}, at, 0.4)
    assert restarted.state == through.state


@given(st.lists(st.integers(0, 10**9), max_size=20))
def test_an_index_that_falls_costs_nothing(indexes_wh: list[int]) -> None:
    cost = EnergyCost()
    for count, index_wh in enumerate(indexes_wh):
        before = cost.total.eur
        cost.update({"BASE": index_wh}, {"BASE": 0.2}, START + count * SECOND)
        rise_wh = index_wh - indexes_wh[count - 1] if count else 0
        assert cost.total.eur == pytest.approx(before + max(0, rise_wh) * 0.0002)


def test_a_clock_set_back_costs_nothing() -> None:
    cost = EnergyCost()
    for at in (START, START - timedelta(hours=2), START - timedelta(hours=1)):
        cost.update({}, {}, at, 24.0)
    assert cost.total.eur == pytest.approx(1.0)


def test_a_day_of_25_hours_costs_25_hours() -> None:
    cost = EnergyCost()
    for day in (25, 26):
        at = datetime(2026, 10, day, tzinfo=PARIS)
        cost.update({}, {}, at, 24.0)
    assert cost.total.eur == pytest.approx(25)
