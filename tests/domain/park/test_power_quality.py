"""Sums of P and Q, power factors that are never means, meters that cannot be right."""

from datetime import UTC, datetime, timedelta
from math import hypot, sqrt

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import SocketReading
from custom_components.energy_park.park.power_quality import (
    FROZEN_AFTER,
    FrozenWatch,
    Suspicion,
    apparent_power,
    reactive_power,
    sum_powers,
    suspicion,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def pq(power_w: float, reactive_var: float) -> SocketReading:
    return SocketReading(power_w=power_w, reactive_power_var=reactive_var)


def test_a_sum_of_unknown_signs_is_an_upper_bound() -> None:
    triangle = sum_powers([pq(300, 100), pq(400, 200)])
    assert (triangle.power_w, triangle.reactive_power_var) == (700, 300)
    assert triangle.upper_bound
    assert triangle.apparent_power_va == pytest.approx(hypot(700, 300))
    assert triangle.power_factor == pytest.approx(700 / hypot(700, 300))
    assert triangle.tan_phi == pytest.approx(3 / 7)


def test_known_signs_cancel_out() -> None:
    lagging = SocketReading(power_w=400, reactive_power_var=300, phase_shift_deg=36.9)
    leading = SocketReading(power_w=400, reactive_power_var=300, phase_shift_deg=-36.9)
    triangle = sum_powers([lagging, leading])
    assert (triangle.reactive_power_var, triangle.upper_bound) == (0, False)
    assert triangle.power_factor == 1
    assert triangle.phase_shift_deg == 0


def test_known_and_unknown_signs_are_worst_together() -> None:
    triangle = sum_powers([pq(100, -50), pq(100, 30)])
    assert (triangle.reactive_power_var, triangle.upper_bound) == (80, True)


def test_a_power_factor_is_no_mean() -> None:
    idle = SocketReading(power_w=2.7, voltage_v=230, current_a=0.12)
    heater = SocketReading(power_w=2000, voltage_v=230, current_a=2000 / 230)
    factor = sum_powers([idle, idle, idle, heater]).power_factor
    assert factor is not None
    assert factor > 0.99


def test_what_lacks_q_is_in_neither_sum() -> None:
    triangle = sum_powers([SocketReading(power_w=500), pq(100, 0), None])
    assert (triangle.power_w, triangle.measured, triangle.total) == (100, 1, 3)


def test_an_open_relay_draws_nothing() -> None:
    stale = SocketReading(on=False, power_w=29)
    triangle = sum_powers([stale, pq(100, 0)])
    assert (triangle.power_w, triangle.measured) == (100, 2)


@pytest.mark.parametrize("readings", [[], [None], [SocketReading(power_w=5)]])
def test_nothing_known_is_not_zero(readings: list[SocketReading | None]) -> None:
    triangle = sum_powers(readings)
    assert triangle.power_w is triangle.reactive_power_var is None
    assert triangle.apparent_power_va is triangle.power_factor is None
    assert triangle.tan_phi is triangle.phase_shift_deg is None


def test_no_load_has_no_power_factor() -> None:
    triangle = sum_powers([SocketReading(on=False)])
    assert (triangle.power_w, triangle.apparent_power_va) == (0, 0)
    assert triangle.power_factor is triangle.tan_phi is None


@pytest.mark.parametrize(
    ("reading", "apparent_va"),
    [
        (SocketReading(apparent_power_va=64, voltage_v=1, current_a=1), 64),
        (SocketReading(voltage_v=230, current_a=0.5), 115),
        (SocketReading(power_w=-50, power_factor=-0.5), 100),
        (SocketReading(power_w=50, power_factor=0), None),
        (SocketReading(power_w=50), None),
    ],
)
def test_apparent_power_comes_from_what_there_is(
    reading: SocketReading, apparent_va: float | None
) -> None:
    assert apparent_power(reading) == apparent_va


def test_q_follows_from_p_and_s_without_a_sign() -> None:
    derived = reactive_power(SocketReading(power_w=60, apparent_power_va=100))
    assert derived is not None
    assert derived[0] == pytest.approx(80)
    assert not derived[1]
    # Rounding may put P above S.
    rounded = SocketReading(power_w=101, apparent_power_va=100)
    assert reactive_power(rounded) == (0, True)


loads = st.lists(
    st.tuples(st.floats(0, 3000), st.floats(-3000, 3000)), min_size=1, max_size=8
)


@given(loads)
def test_the_bound_holds_whatever_the_signs(loads: list[tuple[float, float]]) -> None:
    """What the meters do not tell of the signs makes the sum larger, never smaller."""
    told = [
        SocketReading(power_w=power_w, apparent_power_va=hypot(power_w, reactive_var))
        for power_w, reactive_var in loads
    ]
    triangle = sum_powers(told)
    assert triangle.power_w is not None
    assert triangle.reactive_power_var is not None
    assert triangle.power_w == pytest.approx(sum(power for power, _ in loads))
    true_var = abs(sum(reactive for _, reactive in loads))
    assert triangle.reactive_power_var >= true_var - 1e-3 * sqrt(len(loads)) - 1
    if triangle.power_factor is not None:
        assert 0 <= triangle.power_factor <= 1


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (SocketReading(), None),
        (SocketReading(power_w=2.7, voltage_v=230, current_a=0.12), None),
        (SocketReading(power_w=105, apparent_power_va=100), None),
        (SocketReading(power_w=108, apparent_power_va=100), Suspicion.ABOVE_APPARENT),
        (SocketReading(power_w=3, apparent_power_va=1), None),
        (SocketReading(power_factor=1.01), Suspicion.POWER_FACTOR),
        (SocketReading(power_factor=-1.0), None),
        (SocketReading(power_factor=95), Suspicion.POWER_FACTOR),
        (SocketReading(voltage_v=149), Suspicion.VOLTAGE),
        (SocketReading(voltage_v=281), Suspicion.VOLTAGE),
        (SocketReading(power_w=-20), Suspicion.NEGATIVE),
        (SocketReading(power_w=-1), None),
    ],
)
def test_a_meter_that_contradicts_itself_is_suspect(
    reading: SocketReading, expected: Suspicion | None
) -> None:
    assert suspicion(reading) is expected


def test_a_panel_may_feed_in() -> None:
    reading = SocketReading(power_w=-5080, apparent_power_va=5142)
    assert suspicion(reading) is Suspicion.NEGATIVE
    assert suspicion(reading, may_feed_in=True) is None


def frozen(*samples: tuple[float, float | None, float | None]) -> bool:
    watch = FrozenWatch()
    for minutes, power_w, current_a in samples:
        reading = SocketReading(on=True, power_w=power_w, current_a=current_a)
        watch = watch.follow(reading, NOON + timedelta(minutes=minutes))
    return watch.frozen


def test_a_power_that_stands_while_the_current_moves_is_frozen() -> None:
    after = FROZEN_AFTER.total_seconds() / 60
    assert frozen((0, 60, 0.3), (1, 60, 0.5), (after, 60, 0.5))
    assert not frozen((0, 60, 0.3), (1, 60, 0.5), (after - 1, 60, 0.5))
    assert not frozen((0, 60, 0.3), (after, 60, 0.31))
    assert not frozen((0, 60, 0.3), (after, 61, 0.5))
    assert not frozen((0, 0, 0.0), (after, 0, 0.01))
    assert not frozen((0, 60, 0.3), (after, None, 0.5), (after, 60, None))
    assert not frozen((0, 60, 0.3), (after, 60, 0.5), (after + 1, 70, 0.5))


def test_an_open_relay_is_not_frozen() -> None:
    watch = FrozenWatch(0.0, 0.0, NOON)
    off = SocketReading(on=False, power_w=0.0, current_a=0.1)
    assert not watch.follow(off, NOON + timedelta(hours=1)).frozen
    assert watch.follow(None, NOON + timedelta(hours=1)) is watch
