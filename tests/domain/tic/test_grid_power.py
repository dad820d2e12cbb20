"""Active power is known within its bounds, whatever the load does."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.energy_park.model import MeterReading, PhaseReading, TicMode
from custom_components.energy_park.tic.active_power import GAP_S, IndexPower
from custom_components.energy_park.tic.grid_power import GridPower, PowerFactor

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


@dataclass
class House:
    """A load with its meter: whole Wh, refreshed each second, told each frame."""

    period_s: float
    factor: float = 0.95
    energy_ws: float = 18_000_000.0
    injected_ws: float = 7_200_000.0
    producer: bool = False
    now: datetime = START

    def frames(self, power_w: float, seconds: float) -> Iterator[MeterReading]:
        """Yield the frames of some seconds of a power, + is drawn."""
        passed_s = 0.0
        shown_ws = self.energy_ws, self.injected_ws
        while passed_s < seconds:
            step_s = self.period_s
            self.energy_ws += max(power_w, 0.0) * step_s
            self.injected_ws += max(-power_w, 0.0) * step_s
            self.now += timedelta(seconds=step_s)
            passed_s += step_s
            # A register may be one second old.
            old_s = (passed_s * 7.3) % 1.0
            shown_ws = (
                self.energy_ws - max(power_w, 0.0) * old_s,
                self.injected_ws - max(-power_w, 0.0) * old_s,
            )
            apparent_va = round(abs(power_w) / self.factor)
            yield MeterReading(
                mode=TicMode.STANDARD,
                apparent_power_va=apparent_va if power_w >= 0 else 0,
                injected_power_va=(
                    (0 if power_w >= 0 else apparent_va) if self.producer else None
                ),
                current_a=round(apparent_va / 230),
                voltage_v=230,
                energy_drawn_wh=int(shown_ws[0] // 3600),
                energy_injected_wh=(
                    int(shown_ws[1] // 3600) if self.producer else None
                ),
            )


loads = st.lists(
    st.tuples(
        st.one_of(st.just(0.0), st.floats(20, 12_000)),
        st.floats(3, 200),
    ),
    min_size=1,
    max_size=6,
)
periods = st.sampled_from([0.9, 1.0, 1.27, 2.3])


@given(loads, periods, st.floats(0.6, 1.0))
def test_the_power_is_within_its_uncertainty(
    loads: list[tuple[float, float]], period_s: float, factor: float
) -> None:
    house, grid = House(period_s, factor), GridPower()
    for power_w, seconds in loads:
        for told in house.frames(power_w, seconds):
            grid.update(told, house.now)
            assert grid.power is not None
            assert grid.power.power_w >= 0
            assert not grid.power.estimated
            off_w = abs(grid.power.power_w - power_w)
            # Loads that differ by less than a tenth are one load.
            assert off_w <= grid.power.uncertainty_w + 0.1 * power_w + 100


@pytest.mark.parametrize("period_s", [1.0, 2.3])
@pytest.mark.parametrize("power_w", [150, 600, 2000, 9000])
def test_a_steady_power_is_known_to_a_tenth_within_a_minute(
    period_s: float, power_w: float
) -> None:
    house, grid = House(period_s), GridPower()
    for told in house.frames(power_w, 75):
        grid.update(told, house.now)
    assert grid.power is not None
    assert grid.power.power_w == pytest.approx(power_w, rel=0.1)
    assert grid.power.uncertainty_w <= max(0.2 * power_w, 40)


@pytest.mark.parametrize("factor", [0.65, 0.85, 0.99])
def test_the_power_factor_is_that_of_the_load(factor: float) -> None:
    house, grid = House(1.0, factor), GridPower()
    for told in house.frames(1200, 240):
        grid.update(told, house.now)
    assert grid.factor is not None
    assert grid.factor.factor == pytest.approx(factor, abs=grid.factor.uncertainty)
    assert grid.factor.uncertainty < 0.03
    # With the factor known, the power follows the apparent one.
    (told,) = house.frames(1250, 1)
    grid.update(told, house.now)
    assert grid.power is not None
    assert grid.power.power_w == pytest.approx(1250, rel=0.03)


def test_another_load_makes_the_factor_unknown() -> None:
    house, grid = House(1.0, 0.7), GridPower()
    for told in house.frames(1200, 120):
        grid.update(told, house.now)
    assert grid.factor is not None
    house.factor = 1.0
    for told in house.frames(3200, 2):
        grid.update(told, house.now)
    factors: list[PowerFactor | None] = [grid.factor]
    for told in house.frames(3200, 120):
        grid.update(told, house.now)
        factors.append(grid.factor)
    assert factors[0] is None
    assert factors[-1] is not None
    assert factors[-1].factor == pytest.approx(1.0, abs=0.03)


def test_a_rise_is_followed_at_once() -> None:
    house, grid = House(1.0, 0.98), GridPower()
    for power_w, seconds in ((300, 200), (5300, 2)):
        for told in house.frames(power_w, seconds):
            grid.update(told, house.now)
    assert grid.power is not None
    assert grid.power.power_w == pytest.approx(5300, rel=0.05)


def test_a_producer_injects() -> None:
    house, grid = House(1.0, 0.98, producer=True), GridPower()
    for power_w, seconds in ((800, 60), (-1500, 60)):
        for told in house.frames(power_w, seconds):
            grid.update(told, house.now)
            assert grid.power is not None
            assert grid.power.power_w * power_w > 0
    assert grid.power.power_w == pytest.approx(-1500, rel=0.1)
    assert not grid.power.estimated


@given(st.floats(200, 9000), st.floats(0.9, 1.0))
def test_without_a_producers_contract_injection_is_estimated(
    power_w: float, factor: float
) -> None:
    house, grid = House(1.0, factor), GridPower()
    for told in house.frames(-power_w, 3):
        grid.update(told, house.now)
    assert grid.power is not None
    assert grid.power.estimated
    assert grid.factor is None
    carried_w = power_w / factor
    assert abs(-grid.power.power_w - carried_w) <= grid.power.uncertainty_w


def test_without_a_voltage_injection_is_less_certain() -> None:
    grid = GridPower()
    told = MeterReading(
        mode=TicMode.HISTORIQUE, apparent_power_va=0, current_a=10, energy_drawn_wh=5
    )
    grid.update(told, START)
    assert grid.power is not None
    assert grid.power.power_w == -2300
    assert grid.power.uncertainty_w == pytest.approx(230 + 230)


def test_each_phase_injects_or_draws() -> None:
    def phase(current_a: int, power_va: int | None) -> PhaseReading:
        return PhaseReading(
            current_a=current_a, voltage_v=230, apparent_power_va=power_va
        )

    told = MeterReading(
        mode=TicMode.STANDARD,
        apparent_power_va=0,
        phases=(phase(10, 0), phase(3, 700), phase(0, 0)),
    )
    grid = GridPower()
    grid.update(told, START)
    assert grid.power is not None
    assert grid.power.power_w == -2300 + 700
    assert grid.power.estimated
    grid.update(replace(told, phases=(phase(10, None),) * 3), START)
    assert grid.power is None


def test_a_site_that_neither_draws_nor_injects() -> None:
    house, grid = House(1.0, producer=True), GridPower()
    for told in house.frames(0, 100):
        grid.update(told, house.now)
    assert grid.power is not None
    assert 0 <= grid.power.power_w <= grid.power.uncertainty_w <= 40


def test_without_apparent_power_the_index_alone_tells() -> None:
    """A meter without PAPP: nothing is known until its index has moved twice."""
    house, grid = House(1.27), GridPower()

    def old(told: MeterReading) -> MeterReading:
        return replace(told, apparent_power_va=None, current_a=None)

    told_w = []
    for told in house.frames(1800, 60):
        grid.update(old(told), house.now)
        told_w.append(grid.power and grid.power.power_w)
    assert told_w[0] is None
    assert grid.power is not None
    assert grid.power.power_w == pytest.approx(1800, abs=grid.power.uncertainty_w)
    for told in house.frames(0, 90):
        grid.update(old(told), house.now)
    assert grid.power.power_w <= 40
    assert grid.factor is None


def test_an_index_that_falls_or_a_gap_starts_afresh() -> None:
    index, now = IndexPower(), START
    for index_wh in (10, 11, 12, 13):
        now += timedelta(seconds=2)
        index.update(index_wh, now)
    assert list(index.steps())
    index.update(3, now + timedelta(seconds=2))
    assert not list(index.steps())
    for index_wh in (4, 5, 6):
        now += timedelta(seconds=3)
        index.update(index_wh, now)
    assert list(index.steps())
    assert index.wait(now + timedelta(seconds=GAP_S + 1)) is None
    index.update(7, now + timedelta(seconds=GAP_S + 1))
    assert not list(index.steps())


def test_frames_that_come_at_once_tell_no_times() -> None:
    index, now = IndexPower(), START
    for index_wh in (10, 11, 12):
        now += timedelta(seconds=2)
        index.update(index_wh, now)
    now += timedelta(seconds=6)
    for index_wh in (13, 14, 15):
        now += timedelta(seconds=0.01)
        index.update(index_wh, now)
    assert not list(index.steps())


def test_memory_is_bounded() -> None:
    house, grid = House(1.0), GridPower()
    for told in house.frames(9000, 2000):
        grid.update(told, house.now)
    assert len(grid._apparent) <= 302
    assert len(grid._drawn._steps) <= 302
