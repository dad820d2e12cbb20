"""What stays known when a frame lost a group."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from custom_components.energy_park.model import (
    DayColor,
    Group,
    MeterReading,
    PhaseReading,
    Tariff,
    TicMode,
)
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


def test_another_meter_starts_afresh(known: LastKnown) -> None:
    other = MeterReading(mode=TicMode.HISTORIQUE, serial="041861099999", current_a=3)
    assert known.update(other) == other


def test_each_value_of_a_phase_is_bridged_for_itself() -> None:
    whole = replace(
        WHOLE,
        phases=tuple(
            PhaseReading(current_a=n, voltage_v=230 + n, max_power_va=1000 * n)
            for n in (1, 2, 3)
        ),
    )
    known = LastKnown()
    known.update(whole)
    damaged = replace(
        whole,
        phases=(
            PhaseReading(current_a=9, voltage_v=231),
            PhaseReading(voltage_v=240),
            PhaseReading(),
        ),
    )
    for _ in range(FRAMES_KEPT):
        assert known.update(damaged).phases == (
            PhaseReading(current_a=9, voltage_v=231, max_power_va=1000),
            PhaseReading(current_a=2, voltage_v=240, max_power_va=2000),
            PhaseReading(current_a=3, voltage_v=233, max_power_va=3000),
        )
    assert known.update(damaged).phases == (
        PhaseReading(current_a=9, voltage_v=231, max_power_va=1000),
        PhaseReading(voltage_v=240, max_power_va=2000),
        PhaseReading(max_power_va=3000),
    )


def test_phases_that_are_gone_for_good_go() -> None:
    phases = tuple(PhaseReading(current_a=n) for n in (1, 2, 3))
    known = LastKnown()
    known.update(replace(WHOLE, phases=phases))
    for _ in range(FRAMES_KEPT):
        assert known.update(WHOLE).phases == phases
    assert known.update(WHOLE).phases == ()
    two = (PhaseReading(current_a=1), PhaseReading(current_a=2))
    known.update(replace(WHOLE, phases=phases))
    assert known.update(replace(WHOLE, phases=two)).phases == two


def test_what_the_meter_says_to_be_unknown_is_not_bridged() -> None:
    known = LastKnown()
    known.update(replace(WHOLE, color_tomorrow=DayColor.RED, tariff=Tariff.PEAK))
    groups = {"DEMAIN": Group("DEMAIN", "----"), "LTARF": Group("LTARF", "?")}
    shown = known.update(replace(WHOLE, groups=MappingProxyType(groups)))
    assert (shown.color_tomorrow, shown.tariff) == (None, None)


def test_twenty_short_frames_age_powers_only() -> None:
    phases = tuple(PhaseReading(current_a=n) for n in (1, 2, 3))
    known = LastKnown()
    known.update(replace(WHOLE, phases=phases, tariff=Tariff.PEAK))
    groups = {
        label: Group(label, "") for label in ("ADIR1", "ADCO", "IINST1", "IINST2")
    }
    short = MeterReading(
        mode=TicMode.HISTORIQUE,
        serial=WHOLE.serial,
        phases=phases,
        groups=MappingProxyType(groups),
        overload=True,
    )
    for _ in range(20):
        shown = known.update(short)
    assert shown.apparent_power_va is None
    assert shown.subscribed_power_va == 6000
    assert shown.tariff is Tariff.PEAK
