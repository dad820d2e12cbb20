"""What a meter's readings tell of the load behind it."""

from collections.abc import Sequence

import pytest

from custom_components.energy_park.model import MeterReading, PhaseReading, TicMode
from custom_components.energy_park.park.meter_quality import (
    contract_percent,
    imbalance,
    judged_imbalance,
    tan_phi,
)


def reading(
    powers_va: Sequence[int | None] = (), currents_a: Sequence[int | None] = ()
) -> MeterReading:
    """A reading of a meter that has 12 kVA."""
    count = max(len(powers_va), len(currents_a))
    powers_va, currents_a = powers_va or [None] * count, currents_a or [None] * count
    return MeterReading(
        mode=TicMode.STANDARD,
        subscribed_power_va=12_000,
        apparent_power_va=sum(p or 0 for p in powers_va) if any(powers_va) else None,
        phases=tuple(
            PhaseReading(apparent_power_va=power_va, current_a=current_a)
            for power_va, current_a in zip(powers_va, currents_a, strict=True)
        ),
    )


@pytest.mark.parametrize(
    ("power_factor", "expected"),
    [(1.0, 0.0), (0.8, 0.75), (-0.8, 0.75), (0.0, None), (None, None)],
)
def test_tan_phi_follows_from_the_power_factor(
    power_factor: float | None, expected: float | None
) -> None:
    found = tan_phi(MeterReading(mode=TicMode.STANDARD, power_factor=power_factor))
    assert found == pytest.approx(expected)


def test_the_powers_tell_the_imbalance_and_else_the_currents() -> None:
    assert imbalance(reading([1500, 1000, 500], [9, 9, 9])) == pytest.approx(50)
    assert imbalance(reading([None, 1000, 500], [9, 9, 9])) == 0
    assert imbalance(reading(currents_a=[6, 4, 2])) == pytest.approx(50)
    assert imbalance(reading(currents_a=[6, None, 2])) is None
    assert imbalance(reading()) is None


def test_a_small_load_is_not_judged() -> None:
    assert judged_imbalance(reading([1200, 600, 599])) is None
    assert judged_imbalance(reading([1200, 600, 600])) == pytest.approx(50)
    assert judged_imbalance(reading(currents_a=[6, 4, 2])) is None


def test_the_share_of_the_contract() -> None:
    assert contract_percent(reading([5000, 4000, 2100])) == pytest.approx(92.5)
    assert contract_percent(reading()) is None
