"""Names of indexes, and when another one counts: told, learnt, or not known."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
import json
from zoneinfo import ZoneInfo

import pytest

from custom_components.energy_park.model import (
    DayColor,
    Group,
    MeterReading,
    Tariff,
    TicMode,
)
from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.meter import read
from custom_components.energy_park.tic.naming import PAIR_LASTS, IndexNames
from custom_components.energy_park.tic.schedule import Schedule
from scripts.emulators.contracts import CONTRACTS, Tariff as Supply
from scripts.emulators.mains import Mains
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

PARIS = ZoneInfo("Europe/Paris")


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS)


@dataclass
class Heard:
    """An emulated meter, read at the times of a test through one schedule."""

    meter: EmulatedMeter
    clock: list[float]
    schedule: Schedule
    names: IndexNames

    @classmethod
    def of(
        cls, contract: str, mode: str, start: str, colour: str | None = None
    ) -> Heard:
        clock = [paris(start).timestamp()]
        supply = Supply(CONTRACTS[contract], colour=colour)
        site = Site(Mains(lambda: clock[0]))
        meter = EmulatedMeter(site, mode=mode, tariff=supply)
        meter.line.pty.close()
        return cls(meter, clock, Schedule(), IndexNames())

    def at(self, moment: datetime) -> MeterReading:
        self.clock[0] = moment.timestamp()
        (frame,) = FrameDecoder().feed(self.meter.frame())
        told = read(frame)
        self.names.observe(told)
        return self.schedule.update(told, moment, self.names)

    def check(self, days: int, step_minutes: int) -> int:
        """Hear some days; return how many changes were foreseen, each being right.

        What a reading foresaw is compared with the index before and at that time.
        """
        start = datetime.fromtimestamp(self.clock[0], PARIS)
        supply = self.meter.registers.tariff
        foreseen = 0
        for count in range(days * 1440 // step_minutes):
            moment = start + count * timedelta(minutes=step_minutes)
            told = self.at(moment)
            if told.next_tariff_at is None:
                assert told.next_index_label is None
                continue
            foreseen += 1
            just_before = told.next_tariff_at - timedelta(seconds=1)
            assert moment < told.next_tariff_at <= moment + timedelta(days=2)
            assert supply.index(just_before) == supply.index(moment)
            after = supply.index(told.next_tariff_at)
            assert after != supply.index(moment)
            if told.next_index_label is not None:
                assert told.next_index_label == self.label(told.mode, after)
        return foreseen

    def label(self, mode: TicMode, index: int) -> str:
        if mode is TicMode.STANDARD:
            return f"EASF{index + 1:02}"
        return self.meter.registers.tariff.contract.periods[index].label


@pytest.mark.parametrize(
    ("contract", "mode", "days_unknown"),
    [
        ("hc", "standard", 1),
        ("week_end", "standard", 1),
        ("zen_flex", "standard", 1),
        ("tempo", "standard", 0),
        ("tempo", "historique", 0),
    ],
)
def test_what_is_foreseen_comes_true(
    contract: str, mode: str, days_unknown: int
) -> None:
    heard = Heard.of(contract, mode, "2026-11-18T00:00:30")
    readings = 6 * 1440 // 15
    foreseen = heard.check(6, 15)
    # Nothing is foreseen over a week-end.
    assert foreseen > (readings - days_unknown * 96) * 0.6


@pytest.mark.parametrize("contract", ["base", "ejp", "week_end", "zen_flex"])
def test_nothing_is_foreseen_without_a_word_of_it(contract: str) -> None:
    heard = Heard.of(contract, "historique", "2026-11-18T00:00:30")
    assert heard.check(3, 30) == 0


def test_base_has_no_change() -> None:
    assert Heard.of("base", "standard", "2026-11-18T00:00:30").check(3, 30) == 0


def test_the_profile_of_tomorrow_is_that_of_today_after_midnight() -> None:
    heard = Heard.of("hc", "standard", "2026-11-20T23:50")
    assert heard.at(paris("2026-11-20T23:59")).next_tariff_at is None
    told = heard.at(paris("2026-11-21T00:01"))
    assert told.next_tariff_at == paris("2026-11-21T06:00")
    assert told.next_index_label == "EASF02"
    assert told.next_tariff is None
    for second in range(PAIR_LASTS):
        heard.at(paris("2026-11-21T00:02") + timedelta(seconds=second))
    told = heard.at(paris("2026-11-21T06:15"))
    assert told.next_tariff_at == paris("2026-11-21T22:00")
    assert told.next_tariff is Tariff.OFF_PEAK


@pytest.mark.parametrize("mode", ["standard", "historique"])
@pytest.mark.parametrize(
    ("colour", "tariff"), [("white", Tariff.WHITE_PEAK), ("red", Tariff.RED_PEAK)]
)
def test_a_tempo_day_has_its_colour_from_the_evening_on(
    mode: str, colour: str, tariff: Tariff
) -> None:
    heard = Heard.of("tempo", mode, "2026-11-20T15:00", colour)
    told = heard.at(paris("2026-11-20T15:00"))
    assert told.color_today is DayColor(colour)
    assert told.color_tomorrow is None
    assert told.next_tariff_at == paris("2026-11-20T22:00")
    assert told.next_tariff is not None and told.next_tariff.value.startswith(colour)
    told = heard.at(paris("2026-11-20T22:01"))
    assert told.color_tomorrow is DayColor(colour)
    assert (told.next_tariff_at, told.next_tariff) == (
        paris("2026-11-21T06:00"),
        tariff,
    )
    told = replace(told, color_tomorrow=None)
    told = Schedule().update(told, paris("2026-11-20T22:01"), heard.names)
    assert told.next_tariff_at == paris("2026-11-21T06:00")
    assert (told.next_tariff, told.next_index_label) == (None, None)


def test_a_mobile_peak_holds_its_own_profile() -> None:
    heard = Heard.of("zen_flex", "standard", "2026-11-20T00:30", "red")
    told = heard.at(paris("2026-11-20T20:30"))
    assert (told.peak_notice, told.peak_running) == (1, 1)
    assert told.peak_starts_at == paris("2026-11-21T00:00")
    assert told.peak_ends_at == paris("2026-11-22T00:00")
    state = json.loads(json.dumps(heard.schedule.state))
    heard.schedule = Schedule(state)
    told = heard.at(paris("2026-11-21T00:30"))
    assert (told.next_tariff_at, told.next_index_label) == (
        paris("2026-11-21T08:00"),
        "EASF04",
    )


def test_a_running_peak_whose_hours_were_not_heard_hides_what_is_next() -> None:
    heard = Heard.of("zen_flex", "standard", "2026-11-20T10:00")
    for count in range(30):
        heard.at(paris("2026-11-20T10:00") + timedelta(hours=count))
    told = heard.at(paris("2026-11-21T16:30"))
    moment = paris("2026-11-21T16:30")
    assert heard.schedule.update(told, moment, heard.names).next_tariff_at is not None
    told = replace(told, peak_running=1, next_tariff_at=None, next_index_label=None)
    assert heard.schedule.update(told, moment, heard.names).next_tariff_at is None


class Days:
    """Days of off-peak hours in historique mode, heard each 20 s."""

    def __init__(self, *windows: tuple[int, int]) -> None:
        self.off_peak_hours = windows
        self.now = paris("2026-11-18T00:00:07")
        self.schedule = Schedule()

    def until(self, end: str, step_s: float = 20) -> MeterReading:
        while self.now < paris(end):
            self.now += timedelta(seconds=step_s)
            told = self.hear()
        return told

    def hear(self) -> MeterReading:
        hour = self.now.hour
        off_peak = any(
            begin <= hour < end if begin < end else hour >= begin or hour < end
            for begin, end in self.off_peak_hours
        )
        told = MeterReading(
            mode=TicMode.HISTORIQUE,
            index_label="HCHC" if off_peak else "HCHP",
            tariff=Tariff.OFF_PEAK if off_peak else Tariff.PEAK,
        )
        return self.schedule.update(told, self.now, IndexNames())

    def restart(self) -> None:
        self.schedule = Schedule(json.loads(json.dumps(self.schedule.state)))


def test_hours_are_learnt_in_a_day() -> None:
    days = Days((22, 6))
    assert days.until("2026-11-18T23:59").next_tariff_at is None
    told = days.until("2026-11-19T09:00")
    assert told.next_tariff_at == paris("2026-11-19T22:00")
    assert (told.next_tariff, told.next_index_label) == (Tariff.OFF_PEAK, "HCHC")
    told = days.until("2026-11-19T22:01")
    assert told.next_tariff_at == paris("2026-11-20T06:00")


def test_learnt_hours_survive_a_restart() -> None:
    days = Days((22, 6))
    days.until("2026-11-19T09:00")
    days.restart()
    days.now = paris("2026-11-20T23:00")
    assert days.hear().next_tariff_at == paris("2026-11-21T06:00")


def test_hours_that_change_are_forgotten_and_learnt_again() -> None:
    days = Days((22, 6))
    days.until("2026-11-20T09:00")
    days.off_peak_hours = ((22, 6), (12, 14))
    assert days.until("2026-11-20T12:05").next_tariff_at is None
    assert days.until("2026-11-21T11:00").next_tariff_at is None
    told = days.until("2026-11-21T15:00")
    assert told.next_tariff_at == paris("2026-11-21T22:00")
    told = days.until("2026-11-22T07:00")
    assert told.next_tariff_at == paris("2026-11-22T12:00")


def test_a_day_with_a_gap_is_not_learnt() -> None:
    days = Days((22, 6))
    days.until("2026-11-18T21:00")
    days.now = paris("2026-11-18T23:00")
    assert days.until("2026-11-19T21:30").next_tariff_at is None
    assert days.until("2026-11-19T22:30").next_tariff_at is None
    told = days.until("2026-11-20T07:00")
    assert told.next_tariff_at == paris("2026-11-20T22:00")


def test_a_change_that_was_not_seen_sharply_is_not_learnt() -> None:
    days = Days((22, 6))
    told = days.until("2026-11-20T12:00", step_s=300)
    assert told.next_tariff_at is None


def standard(label: str, name: str, contract: str = "ZEN Flex") -> MeterReading:
    return MeterReading(
        mode=TicMode.STANDARD, contract=contract, index_label=label, tariff_label=name
    )


def test_names_are_learnt_from_pairs_that_last() -> None:
    names = IndexNames()
    for _ in range(PAIR_LASTS - 1):
        names.observe(standard("EASF02", "HP ECO"))
    assert names.name("EASF02") is None
    # In one frame the number has changed and the name has not.
    names.observe(standard("EASF01", "HP ECO"))
    for _ in range(PAIR_LASTS):
        names.observe(standard("EASF01", "HC ECO"))
    assert (names.name("EASF01"), names.name("EASF02")) == ("HC ECO", None)
    again = IndexNames(json.loads(json.dumps(names.state)))
    assert again.name("EASF01") == "HC ECO"
    again.observe(standard("EASF01", "HEURE CREUSE", contract="H PLEINE/CREUSE"))
    assert again.name("EASF01") is None


def test_a_reading_that_was_cut_teaches_nothing() -> None:
    names = IndexNames()
    for _ in range(PAIR_LASTS):
        names.observe(replace(standard("EASF02", "HP ECO"), complete=False))
        names.observe(MeterReading(mode=TicMode.STANDARD, index_label="EASF02"))
        names.observe(
            MeterReading(mode=TicMode.HISTORIQUE, index_label="HCHC", tariff_label="HC")
        )
    assert names.name("EASF02") is None
    assert names.name("HCHC") is None


def test_tariffs_of_indexes() -> None:
    names = IndexNames()
    assert names.tariff("BBRHPJR") is Tariff.RED_PEAK
    assert names.tariff("EASF01") is None
    for _ in range(PAIR_LASTS):
        names.observe(standard("EASF01", "HEURE CREUSE", contract="H PLEINE/CREUSE"))
    assert names.tariff("EASF01") is Tariff.OFF_PEAK
    names.observe(standard("EASF02", "HP BLEU", contract="TEMPO"))
    assert [names.tariff(f"EASF{n:02}") for n in (1, 6, 7)] == [
        Tariff.BLUE_OFF_PEAK,
        Tariff.RED_PEAK,
        None,
    ]


def test_a_profile_that_does_not_go_with_the_index_foresees_nothing() -> None:
    profile = "00008001 06008002" + " NONUTILE" * 9
    schedule, names = Schedule(), IndexNames()
    told = replace(
        standard("EASF02", "HP"), groups={"PJOURF+1": Group("PJOURF+1", profile)}
    )
    schedule.update(told, paris("2026-11-20T12:00"), names)
    night, morning = paris("2026-11-21T05:00"), paris("2026-11-21T07:00")
    assert schedule.update(told, night, names).next_tariff_at is None
    told = schedule.update(told, morning, names)
    assert told.next_tariff_at == paris("2026-11-22T00:00")
    unknown = replace(told, index_label=None, next_tariff_at=None)
    assert schedule.update(unknown, morning, names).next_tariff_at is None
