"""Frames of the emulated meter: laid out and valued as a real one's."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scripts.emulators import EmulatedMeter, Mains, Outlet, Site
from scripts.emulators.contracts import CONTRACTS, Tariff

from .conftest import ManualClock
from .tic import read_frame, values, whole_frames

CAPTURES = Path(__file__).parents[4] / "shared/data/tic"
PARIS = ZoneInfo("Europe/Paris")

type MakeMeter = Callable[..., EmulatedMeter]


@pytest.fixture
def make_meter(mains: Mains) -> Iterator[MakeMeter]:
    meters: list[EmulatedMeter] = []

    def make(
        *, base_load_w: float = 600, pv_w: float = 0, **options: object
    ) -> EmulatedMeter:
        site = Site(mains, base_load_w=base_load_w, pv_w=pv_w)
        meter = EmulatedMeter(site, **options)  # type: ignore[arg-type]
        meters.append(meter)
        return meter

    yield make
    for meter in meters:
        meter.line.pty.close()


def at(clock: ManualClock, text: str) -> None:
    clock.now = datetime.fromisoformat(text).replace(tzinfo=PARIS).timestamp()


def heat(meter: EmulatedMeter, power_w: float) -> None:
    meter.site.extra.power_w = power_w


@pytest.mark.parametrize(
    ("capture", "options"),
    [
        ("hist_mono_base_stream", {}),
        ("hist_mono_hc", {"contract": "hc"}),
        ("hist_mono_tempo_blue", {"contract": "tempo"}),
        ("hist_tri_base_openhab", {"phases": 3}),
        ("std_mono_hc_weekend", {"mode": "standard", "contract": "hc"}),
        ("std_tri_base_bogus_sinsts123", {"mode": "standard", "phases": 3}),
        (
            "std_tri_tempo_producer",
            {"mode": "standard", "phases": 3, "contract": "tempo", "producer": True},
        ),
        ("std_mono_producer_only", {"mode": "standard", "producer": True}),
    ],
)
def test_layout_is_that_of_a_real_meter(
    make_meter: MakeMeter, capture: str, options: dict[str, object]
) -> None:
    real = whole_frames((CAPTURES / f"{capture}.bin").read_bytes())[0]
    wanted = []
    for line in real[2:-2].split(b"\r\n"):
        separator = b"\t" if b"\t" in line else b" "
        fields = line[:-2].split(separator, 1 if separator == b" " else -1)
        horodate = len(fields[1]) if len(fields) == 3 else None
        wanted.append((fields[0].decode(), len(fields[-1]), horodate))
    emulated = [group.layout for group in read_frame(make_meter(**options).frame())]
    if capture == "std_mono_producer_only":
        # That meter has no load curve of what it injects.
        emulated = [group for group in emulated if not group[0].startswith("CCAIN")]
    # Masked, and not always to their width, by who published the capture.
    masked = {"ADSC", "ADCO", "PRM"}
    assert [group for group in emulated if group[0] not in masked] == [
        group for group in wanted if group[0] not in masked
    ]


@pytest.mark.parametrize("mode", ["historique", "standard"])
@pytest.mark.parametrize("phases", [1, 3])
@pytest.mark.parametrize("contract", CONTRACTS)
def test_every_checksum_fits_through_a_week(
    make_meter: MakeMeter, clock: ManualClock, mode: str, phases: int, contract: str
) -> None:
    meter = make_meter(mode=mode, phases=phases, contract=contract, pv_w=3000)
    for _ in range(400):
        read_frame(meter.frame())
        clock.advance(1513)


def test_power_follows_a_switched_socket(make_meter: MakeMeter, mains: Mains) -> None:
    meter = make_meter(mode="standard")
    outlet = Outlet(mains, 0)
    meter.site.add(outlet, 0)
    before = int(values(meter.frame())["SINSTS"])
    outlet.switch(False)
    after = int(values(meter.frame())["SINSTS"])
    assert before - after == pytest.approx(60, abs=6)


def test_indexes_integrate_the_power(
    make_meter: MakeMeter, clock: ManualClock, mains: Mains
) -> None:
    meter = make_meter(mode="standard", base_load_w=0)
    outlet = Outlet(mains, 0)
    meter.site.add(outlet, 0)
    start = int(values(meter.frame())["EAST"])
    for _ in range(7200):
        clock.advance(1)
        meter.frame()
    drawn_wh = int(values(meter.frame())["EAST"]) - start
    assert drawn_wh == pytest.approx(outlet.energy_wh, abs=1)
    assert drawn_wh == pytest.approx(120, rel=0.03)


def test_historique_power_and_current_agree(make_meter: MakeMeter) -> None:
    meter = make_meter(base_load_w=3000)
    frame = values(meter.frame())
    assert int(frame["PAPP"]) % 10 == 0
    assert int(frame["PAPP"]) == pytest.approx(3000 / 0.99, rel=0.1)
    assert int(frame["IINST"]) == pytest.approx(int(frame["PAPP"]) / 233, abs=1)
    assert frame["ISOUSC"] == "45"


def test_overload_of_a_single_phase(make_meter: MakeMeter) -> None:
    meter = make_meter(subscribed_kva=6)
    assert "ADPS" not in values(meter.frame())
    heat(meter, 8000)
    frame = meter.frame()
    labels = [group.label for group in read_frame(frame)]
    assert labels[labels.index("IINST") + 1] == "ADPS"
    assert int(values(frame)["ADPS"]) > 30
    heat(meter, 0)
    assert "ADPS" not in values(meter.frame())


def test_overload_of_a_phase_makes_frames_short(
    make_meter: MakeMeter, clock: ManualClock
) -> None:
    meter = make_meter(phases=3, subscribed_kva=12)
    heat(meter, 6000)
    labels = [[group.label for group in read_frame(meter.frame())] for _ in range(42)]
    assert labels[0] == ["ADIR1", "ADCO", "IINST1", "IINST2", "IINST3"]
    assert [number for number, frame in enumerate(labels) if len(frame) > 5] == [20, 41]
    heat(meter, 0)
    clock.advance(30)
    assert [group.label for group in read_frame(meter.frame())] == labels[0][1:]
    clock.advance(61)
    assert len(read_frame(meter.frame())) > 5


def test_standard_tells_what_is_above_the_subscription(make_meter: MakeMeter) -> None:
    meter = make_meter(mode="standard", subscribed_kva=6)
    assert not int(values(meter.frame())["STGE"], 16) & 1 << 7
    heat(meter, 8000)
    assert int(values(meter.frame())["STGE"], 16) & 1 << 7


@pytest.mark.parametrize(
    ("time", "ptec", "ltarf", "relay", "index"),
    [
        ("2026-11-20T21:59:59", "HP..", " HEURE  PLEINE  ", "000", "HCHP"),
        ("2026-11-20T22:00:00", "HC..", " HEURE  CREUSE  ", "001", "HCHC"),
        ("2026-11-21T05:59:59", "HC..", " HEURE  CREUSE  ", "001", "HCHC"),
        ("2026-11-21T06:00:00", "HP..", " HEURE  PLEINE  ", "000", "HCHP"),
    ],
)
def test_off_peak_hours(
    make_meter: MakeMeter,
    clock: ManualClock,
    time: str,
    ptec: str,
    ltarf: str,
    relay: str,
    index: str,
) -> None:
    at(clock, time)
    meter = make_meter(contract="hc")
    historique = values(meter.frame())
    assert historique["PTEC"] == ptec
    meter.fault("mode")
    standard = values(meter.frame())
    assert standard["LTARF"] == ltarf
    assert standard["RELAIS"] == relay
    assert standard["NTARF"] == ("02" if ptec == "HP.." else "01")
    clock.advance(0.5)
    heat(meter, 3_600_000)
    meter.frame()
    clock.advance(0.4)
    meter.fault("mode")
    later = values(meter.frame())
    assert [name for name in ("HCHC", "HCHP") if later[name] != historique[name]] == [
        index
    ]


def test_tempo_colours(clock: ManualClock, mains: Mains) -> None:
    tariff = Tariff(CONTRACTS["tempo"], colour="red")
    meter = EmulatedMeter(Site(mains), mode="standard", tariff=tariff)
    at(clock, "2026-11-20T19:59:00")
    frame = values(meter.frame())
    status = int(frame["STGE"], 16)
    assert frame["LTARF"] == "    HP ROUGE    "
    assert frame["NTARF"] == "06"
    assert (status >> 24 & 3, status >> 26 & 3) == (3, 0)
    assert (status >> 28 & 3, status >> 30 & 3) == (0, 2)
    assert "PPOINTE" not in frame
    at(clock, "2026-11-20T20:00:00")
    groups = {group.label: group for group in read_frame(meter.frame())}
    assert groups["DPM2"].horodate == " 261121060000"
    assert groups["FPM2"].horodate == " 261122060000"
    assert int(groups["STGE"].value, 16) >> 26 & 3 == 3
    assert len(groups["PPOINTE"].value) == 98
    at(clock, "2026-11-21T05:00:00")
    meter.fault("mode", mode="historique")
    assert values(meter.frame())["PTEC"] == "HCJR"
    assert values(meter.frame())["DEMAIN"] == "ROUG"
    at(clock, "2026-11-21T07:00:00")
    assert values(meter.frame())["DEMAIN"] == "----"
    meter.line.pty.close()


def test_an_ejp_peak_is_announced_half_an_hour_before(
    clock: ManualClock, mains: Mains
) -> None:
    at(clock, "2026-11-20T02:00")
    tariff = Tariff(CONTRACTS["ejp"], colour="red")
    meter = EmulatedMeter(Site(mains), tariff=tariff)
    told = {}
    for moment in ("03:00", "06:29", "06:30", "07:00", "23:59"):
        at(clock, f"2026-11-20T{moment}")
        frame = values(meter.frame())
        told[moment] = (frame["PTEC"], frame.get("PEJP"))
    assert told == {
        "03:00": ("HN..", None),
        "06:29": ("HN..", None),
        "06:30": ("HN..", "30"),
        "07:00": ("PM..", None),
        "23:59": ("PM..", None),
    }
    assert (frame["OPTARIF"], "EJPHN" in frame, "EJPHPM" in frame) == (
        "EJP.",
        True,
        True,
    )
    meter.line.pty.close()


@pytest.mark.parametrize("contract", ["week_end", "zen_flex"])
def test_historique_has_no_words_for_newer_contracts(
    make_meter: MakeMeter, clock: ManualClock, contract: str
) -> None:
    meter = make_meter(contract=contract)
    clock.advance(3600)
    old = values(meter.frame())
    assert (old["OPTARIF"], old["PTEC"]) == ("BASE", "TH..")
    meter.fault("mode")
    new = values(meter.frame())
    assert int(old["BASE"]) == int(new["EAST"])
    assert sum(int(new[f"EASF{n:02}"]) for n in range(1, 11)) == pytest.approx(
        int(new["EAST"]), abs=4
    )


@pytest.mark.parametrize(
    ("contract", "time", "index", "tomorrow"),
    [
        ("week_end", "2026-11-20T12:00:00", "02", "0000C003"),
        ("week_end", "2026-11-21T12:00:00", "03", "0000C003"),
        ("week_end", "2026-11-22T23:59:00", "03", "0000C001 06008002 2200C001"),
        ("zen_flex", "2026-11-22T14:00:00", "01", "0000C001 08008002"),
        ("zen_flex", "2026-11-22T12:00:00", "02", "0000C001 08008002"),
    ],
)
def test_indexes_of_newer_contracts(
    make_meter: MakeMeter,
    clock: ManualClock,
    contract: str,
    time: str,
    index: str,
    tomorrow: str,
) -> None:
    at(clock, time)
    frame = values(make_meter(mode="standard", contract=contract).frame())
    assert frame["NTARF"] == index
    assert frame["PJOURF+1"].startswith(tomorrow)


def test_a_sober_day_is_a_mobile_peak(clock: ManualClock, mains: Mains) -> None:
    tariff = Tariff(CONTRACTS["zen_flex"], colour="red")
    meter = EmulatedMeter(Site(mains), mode="standard", tariff=tariff)
    at(clock, "2026-11-20T20:00:00")
    groups = {group.label: group for group in read_frame(meter.frame())}
    assert groups["NTARF"].value == "04"
    assert int(groups["STGE"].value, 16) >> 28 == 0b0101
    assert groups["DPM1"].horodate == " 261121000000"
    assert groups["FPM1"].horodate == " 261122000000"
    assert groups["PPOINTE"].value.startswith("0000C003 08008004 1300C003")
    meter.line.pty.close()


def test_a_meter_of_the_pilot_uses_early_labels(make_meter: MakeMeter) -> None:
    frame = values(make_meter(mode="standard", model="pilot").frame())
    assert {"SINST1", "SMAXN", "SMAXN-1"} <= frame.keys()
    assert not {"SINSTS", "SMAXSN", "SMAXSN-1"} & frame.keys()


def test_an_old_meter_sends_less(make_meter: MakeMeter) -> None:
    frame = values(make_meter(model="old", contract="hc").frame())
    assert "PAPP" not in frame
    assert [len(frame[label]) for label in ("HCHC", "HCHP")] == [8, 8]


def test_a_silent_meter_does_not_warn(make_meter: MakeMeter) -> None:
    meter = make_meter(phases=3, subscribed_kva=12, model="silent")
    heat(meter, 6000)
    for _ in range(30):
        frame = values(meter.frame())
        assert int(frame["IINST1"]) > int(frame["ISOUSC"])
        assert not any(label.startswith("ADIR") for label in frame)


def test_a_winter_has_its_share_of_red_and_white_days() -> None:
    tariff = Tariff(CONTRACTS["tempo"])
    start = datetime(2026, 11, 1, 12, tzinfo=PARIS).timestamp()
    winter = [
        tariff.colour_today(datetime.fromtimestamp(start + 86400 * day, PARIS))
        for day in range(151)
    ]
    assert 10 <= winter.count(3) <= 35
    assert 20 <= winter.count(2) <= 60


@pytest.mark.parametrize(
    ("time", "horodate"),
    [
        ("2026-07-14T12:30:05+02:00", "E260714123005"),
        ("2026-10-25T02:30:00+02:00", "E261025023000"),
        ("2026-10-25T02:30:00+01:00", "H261025023000"),
    ],
)
def test_date_is_legal_time(
    make_meter: MakeMeter, clock: ManualClock, time: str, horodate: str
) -> None:
    clock.now = datetime.fromisoformat(time).timestamp()
    meter = make_meter(mode="standard")
    groups = {group.label: group for group in read_frame(meter.frame())}
    assert groups["DATE"] == ("DATE", "", horodate)


def test_sun_is_injected(make_meter: MakeMeter, clock: ManualClock) -> None:
    at(clock, "2026-11-20T13:00:00")
    meter = make_meter(mode="standard", producer=True, pv_w=4000)
    before = values(meter.frame())
    assert before["SINSTS"] == "00000"
    assert int(before["SINSTI"]) > 2000
    assert int(before["IRMS1"]) > 8
    assert int(before["STGE"], 16) >> 8 & 3 == 3
    clock.advance(600)
    after = values(meter.frame())
    assert after["EAST"] == before["EAST"]
    assert int(after["EAIT"]) - int(before["EAIT"]) == pytest.approx(500, abs=150)
    meter.fault("mode")
    assert values(meter.frame())["PAPP"] == "00000"


def test_maxima_turn_at_midnight(make_meter: MakeMeter, clock: ManualClock) -> None:
    at(clock, "2026-11-20T23:00:00")
    meter = make_meter(mode="standard")
    heat(meter, 3000)
    for _ in range(1800):
        clock.advance(1)
        meter.frame()
    heat(meter, 0)
    evening = int(values(meter.frame())["SMAXSN"])
    assert 3000 < evening < 4000
    at(clock, "2026-11-21T00:30:00")
    night = values(meter.frame())
    assert int(night["SMAXSN"]) < 1000
    assert int(night["SMAXSN-1"]) == evening


def test_cut_off_device_follows_its_filter(
    make_meter: MakeMeter, clock: ManualClock
) -> None:
    """Enedis-NOI-CPT_54E, section 7: 2 x PCOUP trips in 69 s from zero."""
    meter = make_meter(base_load_w=0, subscribed_kva=6)
    heat(meter, 12000 * 0.99)
    seconds = 0
    while not meter.registers.trip_count:
        clock.advance(1)
        meter.frame()
        seconds += 1
    assert seconds == pytest.approx(69, abs=5)
    meter.fault("mode")
    assert int(values(meter.frame())["STGE"], 16) >> 1 & 7 == 1


def test_slight_excess_never_trips(make_meter: MakeMeter, clock: ManualClock) -> None:
    meter = make_meter(base_load_w=0, subscribed_kva=6)
    heat(meter, 6000 * 1.1 * 0.99)
    for _ in range(3600):
        clock.advance(1)
        meter.registers.advance()
    assert meter.registers.trip_count == 0


def test_load_curve_and_mean_voltage(make_meter: MakeMeter, clock: ManualClock) -> None:
    at(clock, "2026-11-20T10:00:00")
    meter = make_meter(mode="standard", base_load_w=1000)
    meter.frame()
    at(clock, "2026-11-20T10:15:00")
    meter.frame()
    heat(meter, 1000)
    at(clock, "2026-11-20T10:31:00")
    groups = {group.label: group for group in read_frame(meter.frame())}
    assert groups["CCASN"].horodate == "H261120103000"
    assert groups["CCASN-1"].horodate == "H261120100000"
    assert int(groups["CCASN"].value) == pytest.approx(1500, rel=0.1)
    assert groups["UMOY1"].horodate == "H261120103000"
    assert int(groups["UMOY1"].value) == pytest.approx(233, abs=4)
