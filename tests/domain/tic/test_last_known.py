"""What stays known when a frame lost a group."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from custom_components.energy_park.model import MeterReading, TicMode
from custom_components.energy_park.tic.last_known import FRAMES_KEPT, LastKnown

WHOLE = MeterReading(
    mode=TicMode.HISTORIQUE,
    serial="041861012345",
    apparent_power_va=1500,
    current_a=7,
    subscribed_power_va=6000,
    energy_drawn_wh=3000,
    indexes_wh=MappingProxyType({"HCHC": 1000, "HCHP": 2000}),
    overload=False,
)


@pytest.fixture
def known() -> LastKnown:
    known = LastKnown()
    assert known.update(WHOLE) is WHOLE
    return known


def test_a_lost_power_is_bridged_for_a_few_frames(known: LastKnown) -> None:
    damaged = replace(WHOLE, apparent_power_va=None)
    for _ in range(FRAMES_KEPT):
        assert known.update(damaged).apparent_power_va == 1500
    assert known.update(damaged).apparent_power_va is None
    assert known.update(WHOLE).apparent_power_va == 1500
    assert known.update(damaged).apparent_power_va == 1500


def test_what_was_counted_stays(known: LastKnown) -> None:
    damaged = replace(
        WHOLE,
        energy_drawn_wh=None,
        subscribed_power_va=None,
        indexes_wh=MappingProxyType({"HCHP": 2001}),
    )
    for _ in range(FRAMES_KEPT + 1):
        reading = known.update(damaged)
    assert reading.energy_drawn_wh == 3000
    assert reading.subscribed_power_va == 6000
    assert reading.indexes_wh == {"HCHC": 1000, "HCHP": 2001}


def test_an_early_reading_adds_and_ages_nothing(known: LastKnown) -> None:
    early = MeterReading(
        mode=TicMode.HISTORIQUE, complete=False, current_a=40, overload=True
    )
    for _ in range(FRAMES_KEPT + 1):
        reading = known.update(early)
    assert reading.overload is True
    assert reading.current_a == 40
    assert reading.apparent_power_va == 1500
    assert not reading.complete
    assert known.update(WHOLE) == WHOLE


def test_a_change_of_mode_starts_afresh(known: LastKnown) -> None:
    other = MeterReading(mode=TicMode.STANDARD, apparent_power_va=1510)
    assert known.update(other) == other
