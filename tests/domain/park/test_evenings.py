"""Some evenings with all that fails, as the bench runs a thousand of them."""

import pytest

from custom_components.energy_park.park.effects import Outcome
from scripts.benches._evening import Tally, commission_room, evening


@pytest.fixture(scope="module")
def evenings() -> list[Tally]:
    learnt = commission_room()
    return [evening(number, learnt) for number in range(12)]


def test_no_computer_is_cut_while_it_runs_or_sleeps(evenings: list[Tally]) -> None:
    assert sum(tally.cut_while_running for tally in evenings) == 0


def test_every_station_ends_in_a_reported_state(evenings: list[Tally]) -> None:
    assert sum(tally.unreported for tally in evenings) == 0
    assert {outcome for tally in evenings for _, outcome, _ in tally.outcomes} >= {
        Outcome.OFF,
        Outcome.SHUT_DOWN,
        Outcome.LEFT_ON,
    }


def test_most_of_the_waste_is_avoided(evenings: list[Tally]) -> None:
    avoidable_wh = sum(tally.avoidable_wh for tally in evenings)
    assert avoidable_wh > 0
    assert sum(tally.avoided_wh for tally in evenings) > 0.8 * avoidable_wh
