"""What a frame says, in the words of the park."""

from datetime import UTC, datetime

import pytest

from custom_components.energy_park.model import MeterReading, PhaseReading, TicMode
from custom_components.energy_park.tic.meter import read
from custom_components.energy_park.tic.tariff import tariff_of

from .conftest import (
    SHORT,
    STANDARD,
    STANDARD_THREE_PHASES,
    TEMPO,
    THREE_PHASES,
    decode,
    historique,
    standard,
)


def reading(data: bytes) -> MeterReading:
    (frame,) = decode(data)
    return read(frame)


def without(text: str, *labels: str) -> str:
    kept = [line for line in text.splitlines() if not line.startswith(labels)]
    return "\n".join(kept)


def test_both_modes_give_the_same_fields() -> None:
    old, new = reading(historique(TEMPO)), reading(standard(STANDARD))
    assert (old.mode, new.mode) == (TicMode.HISTORIQUE, TicMode.STANDARD)
    assert (old.serial, new.serial) == ("021861348497", "061964123456")
    assert (old.apparent_power_va, new.apparent_power_va) == (2840, 519)
    assert (old.current_a, new.current_a) == (12, 2)
    assert (old.voltage_v, new.voltage_v) == (None, 232)
    assert (old.subscribed_power_va, new.subscribed_power_va) == (6000, 9000)
    assert (old.headroom_va, new.headroom_va) == (3160, 8481)
    assert (old.energy_drawn_wh, new.energy_drawn_wh) == (47371616, 13669128)
    assert (old.overload, new.overload) == (False, False)
    assert (old.meter_time, new.meter_time) == (
        None,
        datetime(2019, 12, 3, 11, 58, 5, tzinfo=UTC),
    )
    assert old.complete and new.complete
    assert old.phases == new.phases == ()


def test_an_old_meter_sends_less() -> None:
    old = reading(historique("ADCO 123456789012\nOPTARIF BASE\nBASE 08735124"))
    assert old.apparent_power_va is None
    assert old.headroom_va is None
    assert old.energy_drawn_wh == 8735124
    assert reading(historique("ADCO 123456789012")).serial == "123456789012"


def test_a_pilot_meter_names_its_power_otherwise() -> None:
    text = STANDARD.replace("SINSTS|", "SINST1|").replace("SMAXSN|", "SMAXN|")
    assert reading(standard(text)).apparent_power_va == 519


def test_a_missing_group_is_unknown_and_not_zero() -> None:
    lost = reading(historique(without(TEMPO, "PAPP", "ISOUSC", "BBRHCJW")))
    assert lost.apparent_power_va is None
    assert lost.subscribed_power_va is None
    assert lost.energy_drawn_wh is None
    assert len(lost.indexes_wh) == 5
    lost = reading(standard(without(STANDARD, "SINSTS", "PREF", "EAST", "DATE")))
    assert lost.apparent_power_va is None
    assert lost.subscribed_power_va is None
    assert lost.energy_drawn_wh is None
    assert lost.meter_time is None


def test_indexes_are_those_in_use() -> None:
    assert reading(standard(STANDARD)).indexes_wh == {
        "EASF01": 4432429,
        "EASF02": 9236699,
    }
    new_tariff = STANDARD.replace("NTARF|01", "NTARF|03")
    assert reading(standard(new_tariff)).indexes_wh == {
        "EASF01": 4432429,
        "EASF02": 9236699,
        "EASF03": 0,
    }


def test_unknown_labels_are_kept() -> None:
    group = reading(standard(STANDARD + "NEW-1|42\n")).groups["NEW-1"]
    assert (group.value, group.data) == ("42", "42")


def test_a_three_phase_meter_tells_each_phase() -> None:
    old = reading(historique(THREE_PHASES))
    assert [phase.current_a for phase in old.phases] == [1, 0, 2]
    assert old.current_a is None
    assert old.subscribed_power_va == 12000
    new = reading(standard(STANDARD_THREE_PHASES))
    assert new.phases == (
        PhaseReading(current_a=1, voltage_v=234, apparent_power_va=0, max_power_va=405),
        PhaseReading(current_a=2, voltage_v=240, apparent_power_va=568),
        PhaseReading(current_a=1, voltage_v=242, apparent_power_va=0),
    )
    assert (new.current_a, new.voltage_v) == (None, None)
    assert (new.injected_power_va, new.energy_injected_wh) == (0, 671631)


@pytest.mark.parametrize(
    ("change", "trusted"),
    [
        (("", ""), True),
        (("SINSTS2|00568", "SINSTS2|17742"), False),
        (("SINSTS|00013", "SINSTS|00900"), False),
        (("SINSTS|00013", "SINSTS|00570"), True),
        (("IRMS3|001\n", ""), False),
        (("SINSTS3|00000\n", ""), False),
        (("SINSTS|00013\n", ""), False),
    ],
)
def test_powers_of_phases_that_contradict_the_rest_are_unknown(
    change: tuple[str, str], trusted: bool
) -> None:
    phases = reading(standard(STANDARD_THREE_PHASES.replace(*change))).phases
    assert [phase.apparent_power_va is not None for phase in phases] == [trusted] * 3


def test_a_cut_frame_does_not_pass_for_a_single_phase_meter() -> None:
    data = standard(STANDARD_THREE_PHASES)
    cut = reading(data[: data.index(b"\nIRMS2")])
    assert not cut.complete
    assert (cut.current_a, cut.voltage_v) == (None, None)
    assert cut.energy_drawn_wh == 11604109
    data = historique(THREE_PHASES)
    assert reading(data[: data.index(b"\nPTEC")]).subscribed_power_va is None


ADPS = ("IMAX 090", "ADPS 032\nIMAX 090")
OVER = ("IINST 012", "IINST 032")


@pytest.mark.parametrize(
    ("data", "overload"),
    [
        (historique(TEMPO), False),
        (historique(TEMPO.replace(*ADPS)), True),
        (historique(TEMPO.replace(*OVER)), True),
        (historique(SHORT), True),
        (historique(THREE_PHASES), False),
        (historique(THREE_PHASES.replace("IINST2 000", "IINST2 024")), True),
        (historique(without(TEMPO, "ISOUSC")), False),
        (historique(TEMPO)[1:], False),
        (historique(without(TEMPO, "ISOUSC"))[1:], None),
        (historique(without(TEMPO, "IINST"))[:-1], None),
        (historique(without(TEMPO, "ISOUSC")).replace(b"PAPP", b"PA P"), None),
        (standard(STANDARD), False),
        (standard(STANDARD.replace("003A0001", "003A0081")), True),
        (standard(STANDARD.replace("SINSTS|00519", "SINSTS|09001")), True),
        (standard(without(STANDARD, "STGE")), False),
        (standard(without(STANDARD, "SINSTS")), False),
        (standard(without(STANDARD, "SINSTS", "STGE")), None),
        (standard(without(STANDARD, "PREF", "STGE")), None),
    ],
)
def test_overload_is_said_or_unknown(data: bytes, overload: bool | None) -> None:
    assert reading(data).overload is overload


def test_texts_lose_their_padding() -> None:
    said = reading(standard(STANDARD_THREE_PHASES))
    assert (said.contract, said.tariff_label) == ("TEMPO", "HP BLEU")
    said = reading(historique(THREE_PHASES))
    assert (said.contract, said.tariff_label) == ("HC", "HP")
    blank = STANDARD_THREE_PHASES.replace("TEMPO", "_____")
    assert reading(standard(blank)).contract is None


@pytest.mark.parametrize(
    ("contract", "label", "index", "tariff"),
    [
        ("BASE", "BASE", 1, "base"),
        ("H PLEINE/CREUSE", "HEURE CREUSE", 1, "off_peak"),
        ("H PLEINE/CREUSE", "HEURE PLEINE", 2, "peak"),
        (None, "HEURES CREUSES", None, "off_peak"),
        ("TEMPO", "HP BLEU", 2, "blue_peak"),
        ("TEMPO", "HP BLEU", None, "blue_peak"),
        ("TEMPO", None, 6, "red_peak"),
        ("TEMPO", None, 7, None),
        ("NEXT", "BLEU HC", 4, "blue_off_peak"),
        ("NEXT", "HC ROUGE", 4, "red_off_peak"),
        ("NEXT", "HP BLANC", 4, "white_peak"),
        ("NEXT", "BLANC", 4, None),
        ("NEXT", "HP HC", 4, None),
        ("NEXT", "HP BLEU BLANC", 4, None),
        ("H SUPER CREUSES", "H SUPER CREUSES", 1, None),
        ("PRODUCTEUR", "INDEX NON CONSO", 1, None),
        ("ZEN Flex", "HC ECO", 1, None),
        (None, "HEURE", 1, None),
        (None, "", 1, None),
        (None, None, None, None),
    ],
)
def test_a_tariff_is_named_when_sure(
    contract: str | None, label: str | None, index: int | None, tariff: str | None
) -> None:
    assert tariff_of(contract, label, index) == tariff
