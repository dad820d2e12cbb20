"""What a remote display is told, the same in both modes."""

from dataclasses import replace

import pytest

from custom_components.energy_park.model import (
    Group,
    MeterReading,
    PhaseReading,
    TicMode,
)
from custom_components.energy_park.tic.remote import remote_values

HISTORIQUE = MeterReading(
    mode=TicMode.HISTORIQUE,
    apparent_power_va=1820,
    current_a=8,
    subscribed_power_va=9000,
    tariff_label="HP..",
    groups={"IMAX": Group("IMAX", "037", data=37)},
)
STANDARD = MeterReading(
    mode=TicMode.STANDARD,
    apparent_power_va=1820,
    current_a=8,
    subscribed_power_va=9000,
    max_power_va=7400,
    tariff_label="HEURE PLEINE",
)


@pytest.mark.parametrize("reading", [HISTORIQUE, STANDARD])
def test_one_phase(reading: MeterReading) -> None:
    assert remote_values(reading) == {
        "PAPP": 1820,
        "IINST": 8,
        "ISOUSC": 45,
        "IMAX": 37,
        "PTEC": reading.tariff_label,
    }


def test_of_three_phases_the_fullest_counts() -> None:
    phases = tuple(
        PhaseReading(current_a=current, max_power_va=maximum)
        for current, maximum in ((3, 1000), (None, None), (11, 2600))
    )
    values = remote_values(replace(STANDARD, current_a=None, phases=phases))
    assert (values["IINST"], values["ISOUSC"], values["IMAX"]) == (11, 15, 13)


def test_what_is_unknown_is_none_and_not_zero() -> None:
    nothing = MeterReading(mode=TicMode.STANDARD)
    assert set(remote_values(nothing).values()) == {None}
    assert remote_values(None) == remote_values(nothing)


def test_zero_is_a_value() -> None:
    values = remote_values(replace(STANDARD, current_a=0, apparent_power_va=0))
    assert (values["PAPP"], values["IINST"]) == (0, 0)
