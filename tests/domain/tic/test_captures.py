"""Every good group of every real capture is decoded."""

from dataclasses import fields

import pytest

from custom_components.energy_park.model import MeterReading, Tariff, TicMode
from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.meter import read

from .conftest import CAPTURES, decode, good_and_total, groups

COUNTS = good_and_total()


def first(name: str) -> MeterReading:
    return read(decode((CAPTURES / name).read_bytes())[0])


def test_the_page_counts_each_capture_but_the_broken_one() -> None:
    assert {*COUNTS, "corrupt_groups.bin"} == {f.name for f in CAPTURES.glob("*.bin")}


@pytest.mark.parametrize("name", COUNTS)
@pytest.mark.parametrize("size", [1, 15, 4096])
def test_every_good_group_of_a_capture_is_decoded(name: str, size: int) -> None:
    data = (CAPTURES / name).read_bytes()
    decoder = FrameDecoder()
    frames = [
        frame
        for start in range(0, len(data), size)
        for frame in decoder.feed(data[start : start + size])
        if not frame.early
    ]
    good, total = COUNTS[name]
    counters = decoder.counters
    assert len(groups(frames)) == counters.groups == good
    assert good + sum(counters.rejects.values()) == total
    assert all(frame.complete for frame in frames)


def test_lines_broken_on_real_cables_cost_no_neighbour() -> None:
    data = (CAPTURES / "corrupt_groups.bin").read_bytes()
    assert [group.label for group in groups(decode(data))] == [
        "PRM",
        *("EASF03", "EASF04"),
        *("EASF04", "EASF05"),
        *("IRMS3", "URMS1"),
        *("EASF03", "EASF04"),
        *("NJOURF+1", "PJOURF+1"),
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "hist_mono_tempo_rouge_demain.bin",
            {
                "mode": TicMode.HISTORIQUE,
                "serial": "021861348497",
                "apparent_power_va": 2840,
                "current_a": 12,
                "subscribed_power_va": 6000,
                "energy_drawn_wh": 47371616,
                "contract": "BBR(",
                "tariff": Tariff.BLUE_OFF_PEAK,
                "overload": False,
            },
        ),
        (
            "hist_mono_base_stream.bin",
            {"serial": None, "indexes_wh": {"BASE": 8735124}, "tariff": Tariff.BASE},
        ),
        (
            "hist_mono_ejp_pejp_adps_SYNTHETIC.bin",
            {"contract": "EJP", "tariff": Tariff.EJP_NORMAL, "overload": True},
        ),
        (
            "hist_tri_ejp_cbetm.bin",
            {
                "current_a": None,
                "subscribed_power_va": 18000,
                "apparent_power_va": 5800,
            },
        ),
        (
            "std_mono_hc_weekend.bin",
            {
                "mode": TicMode.STANDARD,
                "apparent_power_va": 519,
                "current_a": 2,
                "voltage_v": 232,
                "contract": "HC et Week-End",
                "tariff": Tariff.OFF_PEAK,
                "tariff_label": "HEURE CREUSE",
                "indexes_wh": {"EASF01": 4432429, "EASF02": 9236697, "EASF03": 3357049},
            },
        ),
        (
            "std_mono_producer_only.bin",
            {
                "injected_power_va": 1253,
                "energy_injected_wh": 32781,
                "tariff": None,
                "indexes_wh": {"EASF01": 0},
            },
        ),
        (
            "std_tri_tempo_producer.bin",
            {
                "apparent_power_va": 13,
                "subscribed_power_va": 18000,
                "contract": "TEMPO",
                "tariff": Tariff.BLUE_PEAK,
                "voltage_v": None,
            },
        ),
    ],
)
def test_a_capture_reads_as_its_meter_meant(
    name: str, expected: dict[str, object]
) -> None:
    reading = first(name)
    assert {f.name for f in fields(reading)} >= expected.keys()
    assert {key: getattr(reading, key) for key in expected} == expected


def test_phases_are_trusted_where_they_fit_only() -> None:
    sane = first("std_tri_tempo_producer.bin")
    assert [phase.apparent_power_va for phase in sane.phases] == [0, 568, 0]
    bogus = first("std_tri_base_bogus_sinsts123.bin")
    assert [phase.apparent_power_va for phase in bogus.phases] == [None] * 3
    assert [phase.voltage_v for phase in bogus.phases] == [231, 231, 232]
    assert bogus.apparent_power_va == 1407
