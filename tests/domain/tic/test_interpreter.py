"""Days of emulated meters on bad lines: what is shown is right, or not known."""

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
import json
from random import Random
from typing import Any

import pytest

from custom_components.energy_park.model import MeterReading, Tariff, TicMode
from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.interpreter import Interpreter
from custom_components.energy_park.tic.last_known import (
    _LASTING,
    _MOMENTARY,
    _SHORT,
    FRAMES_KEPT,
)
from custom_components.energy_park.tic.meter import read
from custom_components.energy_park.tic.naming import PAIR_LASTS
from scripts.emulators.mains import Mains
from scripts.emulators.meter import EmulatedMeter
from scripts.emulators.site import Site

from .conftest import STANDARD, TEMPO, decode, historique, standard

START = datetime(2026, 11, 19, 17, tzinfo=UTC)

# What the meter does not say in these words, but follows from what it has said.
DERIVED = {
    f.name for f in fields(MeterReading) if f.name.startswith(("next_", "power_"))
}
OWN = {"complete", "early", "groups", "phases", "indexes_wh", "reactive_energies_varh"}
SAID = {f.name for f in fields(MeterReading)} - DERIVED - OWN


@dataclass
class Line:
    """An emulated meter and its damaged line."""

    meter: EmulatedMeter
    clock: list[float]
    rng: Random
    parity: bool = False
    flip_rate: float = 0.0

    @property
    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock[0], UTC)

    def frame(self) -> tuple[bytes, MeterReading]:
        """Return a frame as it arrives, and what the meter has said with it."""
        sent = self.meter.frame()
        said = read(decode(sent)[0])
        if self.parity:
            sent = bytes(b | (b.bit_count() & 1) << 7 for b in sent)
        return self.damage(sent), said

    def damage(self, sent: bytes) -> bytes:
        data = bytearray(sent)
        rng = self.rng
        bits = 8 if self.parity else 7
        for _ in range(sum(rng.random() < self.flip_rate for _ in range(len(data)))):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(bits)
        match rng.randrange(40):
            case 0:
                cut = rng.randrange(len(data))
                return bytes(data[:cut]) + b"\x04"
            case 1:
                first, last = sorted(rng.sample(range(len(data)), 2))
                return bytes(data[:first] + data[last:])
            case 2:
                return b""
            case _:
                return bytes(data)


@dataclass
class Truth:
    """What the meter has said lately, and ever."""

    lately: deque[MeterReading] = field(
        default_factory=lambda: deque(maxlen=FRAMES_KEPT + 3)
    )
    ever: dict[str, set[Any]] = field(default_factory=lambda: defaultdict(set))

    def add(self, said: MeterReading) -> None:
        if said.groups.keys() <= _SHORT and self.lately:
            # What a short frame leaves out is as the long one before it has said.
            before = self.lately[-1]
            left_out = {
                name: getattr(before, name)
                for name in SAID - _MOMENTARY
                if getattr(said, name) is None
            }
            said = replace(said, **left_out)
        self.lately.append(said)
        for name in SAID:
            self.ever[name].add(getattr(said, name))
        for index in (*said.indexes_wh.items(), *said.reactive_energies_varh.items()):
            self.ever["indexes"].add(index)

    def check(self, shown: MeterReading) -> None:
        """Fail when something is shown that was not said."""
        for label, group in shown.groups.items():
            assert group in [said.groups.get(label) for said in self.lately]
        for name in SAID:
            value = getattr(shown, name)
            if name in _LASTING:
                assert value is None or value in self.ever[name], name
            else:
                told = [getattr(said, name) for said in self.lately]
                assert value is None or value in told, (name, value, told)
        for index in (*shown.indexes_wh.items(), *shown.reactive_energies_varh.items()):
            assert index in self.ever["indexes"]
        for number, phase in enumerate(shown.phases):
            for item in fields(phase):
                value = getattr(phase, item.name)
                told = [
                    getattr(said.phases[number], item.name)
                    for said in self.lately
                    if said.phases
                ]
                lasts = item.name in _LASTING
                assert value is None or lasts or value in told


def line(seed: int, **options: Any) -> Iterator[Line]:
    clock = [START.timestamp()]
    site = Site(
        Mains(lambda: clock[0], seed), base_load_w=700, pv_w=options.pop("pv_w", 0)
    )
    meter = EmulatedMeter(site, **options)
    yield Line(meter, clock, Random(seed))
    meter.line.pty.close()


METERS: dict[str, dict[str, Any]] = {
    "Tempo": {"contract": "tempo"},
    "off-peak hours, three phases": {"contract": "hc", "phases": 3},
    "EJP": {"contract": "ejp"},
    "old": {"model": "old", "contract": "hc"},
    "silent": {"model": "silent", "phases": 3, "subscribed_kva": 6},
    "standard": {"mode": "standard", "contract": "hc"},
    "pilot": {"mode": "standard", "model": "pilot"},
    "week-end": {"mode": "standard", "contract": "week_end"},
    "Zen Flex producer": {
        "mode": "standard",
        "contract": "zen_flex",
        "phases": 3,
        "producer": True,
        "pv_w": 3000,
    },
    "sun without a contract": {"mode": "standard", "contract": "base", "pv_w": 3000},
}


@pytest.mark.parametrize("parity", [False, True], ids=["7 bits", "with parity"])
@pytest.mark.parametrize("options", METERS.values(), ids=METERS.keys())
def test_what_is_shown_was_said(options: dict[str, Any], parity: bool) -> None:
    """A day, in bursts of frames, with damage, restarts and changes of mode."""
    (heard,) = line(7, **options)
    heard.parity, heard.flip_rate = parity, 2e-3
    decoder, interpreter, truth = FrameDecoder(), Interpreter(), Truth()
    shown_values = 0
    for burst in range(48):
        heard.clock[0] += 1800
        heard.meter.site.extra.power_w = heard.rng.choice([0, 0, 500, 3000, 7000])
        if burst in {20, 30} and options.get("model") != "old":
            heard.meter.fault("mode")
        if burst % 12 == 11:
            state = json.loads(json.dumps(interpreter.state))
            interpreter = Interpreter(state)
        for _ in range(5):
            heard.clock[0] += 1.0 if heard.meter.mode == "standard" else 2.0
            data, said = heard.frame()
            truth.add(said)
            for frame in decoder.feed(data):
                shown = interpreter.update(read(frame), heard.now)
                truth.check(shown)
                shown_values += sum(
                    getattr(shown, name) is not None for name in SAID - {"mode"}
                )
    # A damaged line must not mean that nothing is shown.
    assert shown_values > 48 * 5 * 4


def test_a_whole_line_shows_all_at_the_second_frame() -> None:
    for text, make in ((TEMPO, historique), (STANDARD, standard)):
        interpreter = Interpreter()
        told = read(decode(make(text))[0])
        interpreter.update(told, START)
        shown = interpreter.update(told, START.replace(second=2))
        for name in SAID:
            assert getattr(shown, name) == getattr(told, name)


def test_a_restart_knows_what_was_learnt() -> None:
    (heard,) = line(3, mode="standard", contract="hc")
    interpreter = Interpreter()
    for _ in range(PAIR_LASTS + 3):
        heard.clock[0] += 1
        shown = interpreter.update(heard.frame()[1], heard.now)
    assert interpreter.names.name("EASF02") == "HEURE PLEINE"
    assert interpreter.names.tariff("EASF02") is Tariff.PEAK
    again = Interpreter(json.loads(json.dumps(interpreter.state)))
    heard.clock[0] += 1
    known = again.update(heard.frame()[1], heard.now)
    assert again.names.name("EASF02") == "HEURE PLEINE"
    assert known.contract == shown.contract == "H PLEINE/CREUSE"


def test_another_meter_makes_all_new() -> None:
    (heard,) = line(3, mode="standard", contract="hc")
    interpreter = Interpreter()
    for _ in range(PAIR_LASTS + 3):
        heard.clock[0] += 1
        interpreter.update(heard.frame()[1], heard.now)
    other = standard(STANDARD)
    for _ in range(4):
        heard.clock[0] += 1
        shown = interpreter.update(read(decode(other)[0]), heard.now)
    assert shown.serial == "061964123456"
    assert shown.indexes_wh == {"EASF01": 4432429, "EASF02": 9236699}
    assert interpreter.names.name("EASF02") is None


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"plausibility": None, "names": {}, "schedule": {}, "serial": None},
        {"plausibility": {"mode": 5}, "names": {"contract": None, "names": {}}},
        {"plausibility": [], "names": 5, "schedule": 5, "serial": 5},
    ],
)
def test_a_state_that_cannot_be_read_is_none(state: dict[str, Any]) -> None:
    interpreter = Interpreter(state)
    told = read(decode(historique(TEMPO))[0])
    for _ in range(2):
        shown = interpreter.update(told, START)
    assert shown.serial == told.serial


def test_power_is_told_with_the_reading() -> None:
    (heard,) = line(5, mode="standard", contract="base")
    interpreter = Interpreter()
    for _ in range(120):
        heard.clock[0] += 1
        shown = interpreter.update(heard.frame()[1], heard.now)
    assert shown.power_w == pytest.approx(heard.meter.registers.power_w, rel=0.05)
    assert shown.power_uncertainty_w is not None
    assert shown.power_estimated is False
    assert shown.power_factor == pytest.approx(0.99, abs=0.05)


def test_an_early_reading_of_an_overload_is_shown_at_once() -> None:
    interpreter = Interpreter()
    told = read(decode(historique(TEMPO))[0])
    for _ in range(2):
        interpreter.update(told, START)
    early = MeterReading(mode=TicMode.HISTORIQUE, complete=False, early=True)
    text = "ADPS 032"
    groups = read(decode(historique(text))[0]).groups
    shown = interpreter.update(replace(early, groups=groups, overload=True), START)
    assert shown.overload is True
    assert shown.apparent_power_va == told.apparent_power_va
