"""scripts/transmit: from an emulated meter over the air to readings."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import batched, count
import json
import os
from pathlib import Path
import stat
import subprocess
import sys
import time
import tty
from typing import override

import pytest

from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.nrf24 import RadioSettings
from custom_components.energy_park.tic.packets import (
    PACKET_SIZE,
    PacketWriter,
    SealedReader,
    parse_key,
)
from custom_components.energy_park.tic.radio import RadioLink
from scripts.emulators import EmulatedMeter, Mains, Site
from scripts.emulators.radio import Air, SoftwareRadio
from scripts.emulators.tic_bytes import frame, historique_group
from scripts.transmitter import sending
from scripts.transmitter.__main__ import main
from scripts.transmitter.keyfile import KeyFile
from scripts.transmitter.sending import PortError, Transmitter

KEY = bytes(range(16))
SEALED = RadioSettings(key=KEY)
FRAME = frame(
    [historique_group("ADCO", "021861348497"), historique_group("PAPP", "00500")]
)


class Deaf(SoftwareRadio):
    """A radio whose packets nobody acknowledges while ``deaf``."""

    deaf = True

    @override
    def send(self, packet: bytes) -> bool:
        if self.deaf:
            time.sleep(0.001)
            return False
        return super().send(packet)


@asynccontextmanager
async def transmitting(
    url: str, radio: SoftwareRadio, tell: Callable[[str], None] = print
) -> AsyncIterator[Transmitter]:
    writer = PacketWriter(KEY, count(1).__next__)
    transmitter = Transmitter(url, radio, writer, tell)
    task = asyncio.create_task(transmitter.run())
    try:
        yield transmitter
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("mode", ["historique", "standard"])
async def test_a_meter_is_read_over_the_air(mode: str) -> None:
    radio = SoftwareRadio()
    site = Site(Mains(), base_load_w=800)
    async with (
        EmulatedMeter(site, mode=mode) as meter,
        RadioLink(SEALED, driver=radio) as link,
        transmitting(meter.url, radio) as transmitter,
    ):
        async for reading in link:
            if reading.complete:
                break
        assert reading.serial == meter.serial
        assert reading.mode == mode
        assert 700 < (reading.apparent_power_va or 0) < 900
        assert link.counters.rejects == {}
        assert transmitter.sent.given_up == 0


class Port:
    """A pseudo terminal that a meter speaks to at one speed."""

    def __init__(self) -> None:
        self.meter, self.port = os.openpty()
        tty.setraw(self.port)
        self.path = os.ttyname(self.port)

    def close(self) -> None:
        for end in (self.meter, self.port):
            os.close(end)


async def test_the_speed_of_the_port_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "TRIAL_S", 0.05)
    port, told = Port(), list[str]()
    try:
        async with transmitting(port.path, SoftwareRadio(), told.append):
            while not told:
                os.write(port.meter, bytes(range(0x30, 0x7F)))
                await asyncio.sleep(0.01)
            os.write(port.meter, FRAME)
            await asyncio.sleep(0.02)
            for _ in range(20):
                os.write(port.meter, FRAME)
                await asyncio.sleep(0.01)
    finally:
        port.close()
    assert told == ["no group of a meter: trying 9600 baud"]


async def test_without_a_receiver_the_oldest_go_and_memory_stays() -> None:
    radio, port = Deaf(Air()), Port()
    try:
        async with transmitting(port.path, radio) as transmitter:
            while transmitter.sent.given_up < 50:
                os.write(port.meter, FRAME)
                await asyncio.sleep(0.001)
            assert len(transmitter._packets) <= sending.BACKLOG_MAX
            assert transmitter.sent.packets == 0
            radio.deaf = False
            while not transmitter.sent.packets:
                await asyncio.sleep(0.001)
    finally:
        port.close()


async def test_an_absent_receiver_and_its_return_are_told_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sending, "UNHEARD_S", 0.05)
    radio, told = Deaf(Air()), list[str]()
    port = Port()
    try:
        async with transmitting(port.path, radio, told.append):
            for deaf in (True, False):
                radio.deaf = deaf
                before = len(told)
                while len(told) == before:
                    os.write(port.meter, FRAME)
                    await asyncio.sleep(0.005)
    finally:
        port.close()
    assert told == ["no receiver answers", "the receiver answers"]


async def test_a_port_that_is_unplugged_ends_it() -> None:
    port = Port()
    transmitter = Transmitter(
        port.path, SoftwareRadio(), PacketWriter(KEY, count(1).__next__), print
    )
    task = asyncio.create_task(transmitter.run())
    while not transmitter.sent.packets:
        os.write(port.meter, FRAME)
        await asyncio.sleep(0.01)
    port.close()
    with pytest.RaisesGroup(pytest.RaisesExc(PortError, match="the meter's port")):
        await asyncio.wait_for(task, 5)


@pytest.mark.parametrize("url", ["/dev/no-such-port", "socket://127.0.0.1:1", "x://y"])
async def test_a_port_that_does_not_open_ends_it(url: str) -> None:
    writer = PacketWriter(KEY, count(1).__next__)
    transmitter = Transmitter(url, SoftwareRadio(), writer, print)
    with pytest.RaisesGroup(pytest.RaisesExc(PortError, match="the meter's port")):
        await transmitter.run()


# The key ------------------------------------------------------------------------


def test_a_key_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    path = tmp_path / "key"
    keyfile = KeyFile.create(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    keyfile.next_stream()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile.load(path).key == keyfile.key
    assert list(tmp_path.iterdir()) == [path]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "key"
    before = KeyFile.create(path).key
    with pytest.raises(FileExistsError):
        KeyFile.create(path)
    assert KeyFile.load(path).key == before


def test_no_stream_number_comes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    KeyFile.create(path)
    old_copy = path.read_bytes()
    numbers = []
    for now in (1000, 1000, 10, 2000, 2000):  # a clock that starts anywhere
        monkeypatch.setattr(time, "time", lambda now=now: now)
        numbers += [KeyFile.load(path).next_stream(), KeyFile.load(path).next_stream()]
    path.write_bytes(old_copy)
    monkeypatch.setattr(time, "time", lambda: 3000)
    numbers.append(KeyFile.load(path).next_stream())
    assert numbers == sorted(set(numbers))
    assert json.loads(path.read_text())["stream"] == numbers[-1]


def test_a_number_is_written_before_it_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "key"
    keyfile = KeyFile.create(path)

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        PacketWriter(keyfile.key, keyfile.next_stream)
    monkeypatch.undo()
    assert KeyFile.load(path).next_stream() > 0


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"key": "x", "stream": 1}'])
def test_what_is_no_key_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"key|Expecting"):
        KeyFile.load(path)


# The command ----------------------------------------------------------------------


def test_a_new_key_is_shown_for_home_assistant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(tmp_path / "key")
    assert main(["new-key", path]) == 0
    made = capsys.readouterr().out
    assert main(["show-key", path]) == 0
    assert capsys.readouterr().out == made
    assert parse_key(made) == KeyFile.load(Path(path)).key


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show-key", "nowhere"], "No such file"),
        (["send", "/dev/ttyX", "nowhere"], "No such file"),
        (["send", "/dev/ttyX", "KEY", "--channel", "126"], "channels are 0 to 125"),
        (["send", "/dev/ttyX", "KEY"], "pyrf24"),
    ],
)
def test_what_goes_wrong_is_told_in_one_line(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setitem(sys.modules, "pyrf24", None)
    KeyFile.create(tmp_path / "key")
    arguments = [str(tmp_path / "key") if a == "KEY" else a for a in arguments]
    assert main(arguments) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("scripts/transmit: ")
    assert told in line


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["send"],
        ["send", "p", "k", "--rate", "3mbps"],
        ["send", "p", "k", "--spi", "x"],
        ["send", "p", "k", "--address", "é"],
    ],
)
def test_a_wrong_command_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


LIBRARY = """
RF24_250KBPS = RF24_1MBPS = RF24_2MBPS = RF24_CRC_16 = None

class RF24:
    is_plus_variant = True

    def __init__(self, ce_pin, csn_pin):
        self.air = open("air", "ab", buffering=0)

    def begin(self):
        return True

    def set_auto_ack(self, enable): ...
    def set_retries(self, delay, number): ...
    def stop_listening(self, address): ...

    def write(self, packet):
        self.air.write(packet)
        return True
"""


async def test_the_command_sends_until_it_is_told_to_stop(tmp_path: Path) -> None:
    """As a process of its own, with a library that writes down what it sends."""
    (tmp_path / "pyrf24.py").write_text(LIBRARY)
    keyfile = KeyFile.create(tmp_path / "key")
    air = tmp_path / "air"
    paths = os.pathsep.join([str(tmp_path), str(Path(__file__).parents[2])])
    async with EmulatedMeter(mode="standard") as meter:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "scripts.transmitter", "send", meter.url, "key"),
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": paths},
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(20):
            while not air.exists() or air.stat().st_size < 200 * PACKET_SIZE:
                await asyncio.sleep(0.05)
        process.terminate()
        _, told = await process.communicate()
    assert process.returncode == 0
    assert b" packets sent, 0 given up" in told
    reader, decoder = SealedReader(keyfile.key), FrameDecoder()
    packets = batched(air.read_bytes(), PACKET_SIZE, strict=True)
    frames = [f for p in packets for f in decoder.feed(reader.read(bytes(p)))]
    serials = {f.groups["ADSC"].value for f in frames if "ADSC" in f.groups}
    assert serials == {meter.serial}
    assert reader.counters.refused == reader.counters.lost == 0


def test_the_command_needs_no_home_assistant() -> None:
    code = "import sys, scripts.transmitter.__main__; print('homeassistant' in sys.modules)"
    shown = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "False\n"
