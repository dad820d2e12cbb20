"""Totals that survive resets, and sums that admit gaps."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.park.energy import (
    CounterWatch,
    EnergyTotal,
    PowerSum,
    sum_power,
)


def follow(*raws: float) -> EnergyTotal:
    total = EnergyTotal()
    for raw in raws:
        total = total.follow(raw)
    return total


@pytest.mark.parametrize(
    ("raws", "total"),
    [
        ((1000.0,), 1000.0),
        ((1000.0, 1010.0), 1010.0),
        ((1000.0, 3.0, 5.0), 1005.0),
        ((1000.0, 0.0, 0.0), 1000.0),
        ((1000.0, 998.0, 999.0), 1001.0),
    ],
)
def test_a_counter_that_starts_again_goes_on(
    raws: tuple[float, ...], total: float
) -> None:
    assert follow(*raws).total_wh == total


@pytest.mark.parametrize(
    ("run", "total"),
    [("second", 1900.0), ("first", 1000.0), (None, 1000.0)],
)
def test_a_counter_under_another_name_starts_again(
    run: str | None, total: float
) -> None:
    # 900 is no small number for a counter that fell by a tenth, if it fell.
    before = EnergyTotal().follow(1000.0, "first")
    after = before.follow(900.0, run)
    assert after.total_wh == total
    assert after.follow(910.0, run).total_wh == total + 10


def test_a_new_run_may_be_further_than_the_old_one() -> None:
    total = EnergyTotal().follow(100.0, "first").follow(150.0, "second")
    assert total.total_wh == 250.0


@given(st.lists(st.floats(0, 1e7), min_size=1, max_size=50))
def test_a_total_never_falls(raws: list[float]) -> None:
    total = EnergyTotal()
    for raw in raws:
        following = total.follow(raw)
        assert following.total_wh >= total.total_wh
        total = following


def test_a_sum_says_how_much_of_the_group_it_holds() -> None:
    readings = [
        SocketReading(power_w=20.5),
        SocketReading(power_w=0.0),
        SocketReading(on=True),
        None,
    ]
    assert sum_power(readings) == PowerSum(20.5, 2, 4)


def test_nothing_measured_is_not_zero() -> None:
    assert sum_power([None, SocketReading(on=True)]) == PowerSum(None, 0, 2)


NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def watch(*raws: tuple[float, float]) -> CounterWatch:
    """Follow a counter of a socket for 2 kW: seconds from noon, and Wh."""
    following, before = CounterWatch(), None
    for second, raw_wh in raws:
        now = NOON + second * SECOND
        following, before = following.follow(before, raw_wh, 2000, now), raw_wh
    return following


def test_a_counter_that_falls_has_started_again() -> None:
    assert watch((0, 50), (10, 51), (20, 3)).resets == 1
    assert watch((0, 50), (10, 51), (20, 3)).last_at == NOON + 20 * SECOND


def test_a_counter_rises_no_faster_than_its_socket_carries() -> None:
    assert watch((0, 50), (10, 55), (20, 63)).jumps == 0
    assert watch((0, 50), (10, 55), (20, 64)).jumps == 1


def test_a_coarse_counter_may_rise_by_what_it_kept_back() -> None:
    # 100 Wh at once, at 1 kW: it has moved 360 s before.
    assert watch((0, 0), (5, 100), (100, 100), (365, 200)).jumps == 0


def test_how_long_the_first_step_took_is_not_known() -> None:
    assert watch((0, 0), (1, 100)).jumps == 0
