"""Links by radio: over a software channel, and over a stand-in of the chip's library."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
import sys
import threading
import time
from types import ModuleType
from typing import override

import pytest

from custom_components.energy_park.model import MeterReading, TicMode
from custom_components.energy_park.tic import radio as tic_radio
from custom_components.energy_park.tic.link import (
    TicPortError,
    TicSilentError,
    TicUnreadableError,
)
from custom_components.energy_park.tic.nrf24 import (
    DataRate,
    Nrf24,
    RadioDriver,
    RadioSettings,
)
from custom_components.energy_park.tic.packets import (
    KEY_SIZE,
    PACKET_SIZE,
    PacketWriter,
)
from custom_components.energy_park.tic.radio import RadioLink, identify
from scripts.emulators.radio import Air, Faults, SoftwareRadio

from .conftest import STANDARD, TEMPO, historique, standard

KEY = bytes(range(KEY_SIZE))
SEALED = RadioSettings(key=KEY)
PLAIN = RadioSettings()
FRAME = standard(STANDARD)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for tenths where a user waits for seconds."""
    monkeypatch.setattr(tic_radio, "SILENCE_S", 0.4)
    monkeypatch.setattr(tic_radio, "UNREADABLE_S", 0.3)
    monkeypatch.setattr(tic_radio, "_RECEIVE_S", 0.02)


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    """Fail a test that leaves a thread or a task behind."""
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert "nRF24 receiver" not in {thread.name for thread in threading.enumerate()}


class Transmitter:
    """The other end of a software channel."""

    def __init__(self, radio: SoftwareRadio, key: bytes = KEY, stream: int = 1) -> None:
        self._radio = radio
        self._writer = PacketWriter(key, count(stream).__next__)

    def say(self, data: bytes) -> None:
        for packet in self._writer.write(data):
            self._radio.send(packet)


@asynccontextmanager
async def speaking(transmitter: Transmitter, data: bytes) -> AsyncIterator[None]:
    """Let a transmitter speak all the time."""

    async def speak() -> None:
        while True:
            transmitter.say(data)
            await asyncio.sleep(0.01)

    task = asyncio.create_task(speak())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def take(link: RadioLink, number: int) -> list[MeterReading]:
    return [await anext(link) for _ in range(number)]


# The link -------------------------------------------------------------------------


async def test_a_radio_gives_the_readings_of_its_frames() -> None:
    radio = SoftwareRadio()
    async with RadioLink(SEALED, driver=radio) as link:
        modes = [link.mode]
        Transmitter(radio).say(FRAME * 3)
        readings = await take(link, 3)
        assert [reading.apparent_power_va for reading in readings] == [519] * 3
        assert [reading.complete for reading in readings] == [True] * 3
        assert [*modes, link.mode] == [None, TicMode.STANDARD]
        assert link.counters.rejects == {}
        assert link.counters.frames == 3
        assert link.radio.taken == len(radio.air.heard)
        assert link.radio.lost == 0


async def test_readings_go_on_over_a_bad_channel() -> None:
    radio = SoftwareRadio(
        Air(Faults(lost=0.02, repeated=0.1, late=0.02, damaged=0.02, forged=0.3))
    )
    transmitter = Transmitter(radio)
    async with RadioLink(SEALED, driver=radio) as link:
        async with speaking(transmitter, FRAME):
            readings = await take(link, 60)
        told = {reading.apparent_power_va for reading in readings}
        assert told <= {519, None}
        assert link.radio.lost
        assert link.radio.repeated
        assert link.radio.refused
        assert len(radio.air.heard) >= link.radio.taken + link.radio.lost


async def test_iteration_goes_on_until_the_link_fails() -> None:
    radio, serials = SoftwareRadio(), []

    async def listen(link: RadioLink) -> None:
        async for reading in link:
            serials.append(reading.serial)  # noqa: PERF401

    async with RadioLink(SEALED, driver=radio) as link:
        Transmitter(radio).say(FRAME * 2)
        with pytest.raises(TicSilentError):
            await listen(link)
    assert serials == ["061964123456"] * 2


async def test_an_overload_arrives_before_its_frame_ends() -> None:
    frame = historique(TEMPO.replace("IMAX 090", "ADPS 032\nIMAX 090"))
    radio = SoftwareRadio()
    async with RadioLink(SEALED, driver=radio) as link:
        Transmitter(radio).say(frame[: frame.index(b"\nIMAX")])
        reading = await anext(link)
        assert reading.overload
        assert not reading.complete


async def test_plain_packets_are_understood_without_a_key() -> None:
    radio = SoftwareRadio()
    async with RadioLink(PLAIN, driver=radio) as link:
        for start in range(0, len(FRAME), 15):
            radio.send(FRAME[start : start + 15].ljust(PACKET_SIZE, b"\0"))
        assert (await anext(link)).serial == "061964123456"
        assert link.radio.lost is None
        assert link.position == 0


async def test_a_link_opened_again_refuses_what_was_recorded() -> None:
    radio = SoftwareRadio()
    async with RadioLink(SEALED, driver=radio) as link:
        Transmitter(radio).say(FRAME)
        await anext(link)
    recorded = list(radio.air.heard)
    async with RadioLink(SEALED, position=link.position, driver=radio) as again:
        for _ in range(3):
            for packet in recorded:
                radio.send(packet)
        with pytest.raises(TicSilentError):
            await anext(again)
        assert again.counters.groups == 0
        assert again.radio.repeated == 3 * len(recorded)


async def test_silence_is_told() -> None:
    async with RadioLink(SEALED, driver=SoftwareRadio()) as link:
        with pytest.raises(TicSilentError, match="no packet"):
            await anext(link)


async def test_another_key_is_told_from_silence() -> None:
    radio = SoftwareRadio()
    async with (
        RadioLink(SEALED, driver=radio) as link,
        speaking(Transmitter(radio, key=bytes(KEY_SIZE)), FRAME),
    ):
        with pytest.raises(TicUnreadableError, match="of this key"):
            await anext(link)
        assert link.radio.refused
        assert link.counters.groups == 0


async def test_packets_without_a_meter_s_bytes_are_told() -> None:
    radio = SoftwareRadio()
    async with (
        RadioLink(SEALED, driver=radio) as link,
        speaking(Transmitter(radio), bytes(range(0x30, 0x7F))),
    ):
        with pytest.raises(TicUnreadableError, match="no group"):
            await anext(link)


async def test_a_radio_that_is_absent() -> None:
    radio = SoftwareRadio()
    radio.failure = TicPortError("no nRF24L01 answers")
    with pytest.raises(TicPortError, match="no nRF24L01 answers"):
        async with RadioLink(SEALED, driver=radio):
            pytest.fail("opened")


async def test_a_radio_that_fails_gives_what_it_had_and_tells() -> None:
    radio = SoftwareRadio()
    async with RadioLink(SEALED, driver=radio) as link:
        Transmitter(radio).say(FRAME[: FRAME.index(b"\nPRM")])
        while not link.counters.groups:
            waiting = asyncio.create_task(anext(link))
            await asyncio.sleep(0.02)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        radio.failure = TicPortError("no nRF24L01 answers")
        reading = await anext(link)
        assert not reading.complete
        assert reading.apparent_power_va == 519
        for _ in range(2):
            with pytest.raises(TicPortError, match="no nRF24L01 answers"):
                await anext(link)
        assert not radio.opened


class Broken(SoftwareRadio):
    """A driver with a fault that nobody thought of."""

    @override
    def open(self) -> None:
        raise AttributeError("no such thing")


async def test_a_fault_that_nobody_thought_of_leaves_no_one_waiting() -> None:
    with pytest.raises(AttributeError, match="no such thing"):
        async with RadioLink(SEALED, driver=Broken()):
            pytest.fail("opened")


async def test_closing_ends_the_thread_and_lets_go_of_the_radio() -> None:
    radio = SoftwareRadio()
    async with RadioLink(SEALED, driver=radio) as link:
        assert radio.opened
        waiting = asyncio.create_task(anext(link))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert not radio.opened


async def test_a_cancelled_opening_leaves_nothing() -> None:
    radio = SoftwareRadio()
    link = RadioLink(SEALED, driver=radio)
    opening = asyncio.create_task(link.__aenter__())
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert not radio.opened


async def test_a_link_that_nobody_reads_keeps_little_and_gives_no_wrong_value() -> None:
    radio = SoftwareRadio()
    transmitter = Transmitter(radio)
    frames = [
        standard(f"EAST|{n:09}\nEASF01|{n:09}\nEASF02|{n:09}") for n in range(200)
    ]
    async with RadioLink(SEALED, driver=radio) as link:
        for frame in frames:
            transmitter.say(frame)
        while radio.waiting:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        reading = await anext(link)
        assert reading.energy_drawn_wh is None or reading.energy_drawn_wh > 100
        assert link.radio.taken < 300


async def test_a_meter_is_identified_by_radio() -> None:
    radio = SoftwareRadio()
    async with speaking(Transmitter(radio), FRAME):
        reading = await identify(SEALED, driver=radio)
    assert reading.serial == "061964123456"


@pytest.mark.parametrize(
    ("key", "data", "told"),
    [
        (bytes(KEY_SIZE), FRAME, "of this key"),
        (KEY, FRAME.replace(b"ADSC\t0", b"ADSC\t1"), "no complete frame"),
    ],
    ids=["another key", "no serial number"],
)
async def test_what_identifies_no_meter_says_why(
    key: bytes, data: bytes, told: str
) -> None:
    radio = SoftwareRadio()
    async with speaking(Transmitter(radio, key=key), data):
        with pytest.raises(TicUnreadableError, match=told):
            await identify(SEALED, 0.2, driver=radio)


async def test_identifying_gives_up_in_time() -> None:
    with pytest.raises(TicSilentError):
        await identify(SEALED, 0.1, driver=SoftwareRadio())


# Settings -------------------------------------------------------------------------


def test_the_key_is_in_no_text_of_the_settings() -> None:
    assert KEY.hex() not in repr(SEALED)
    assert "key" not in repr(SEALED)


@pytest.mark.parametrize(
    "settings", [{"channel": 126}, {"channel": -1}, {"address": b"FOUR"}, {"key": b""}]
)
def test_what_the_chip_cannot_hold_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"channels|address|key"):
        RadioSettings(**settings)  # type: ignore[arg-type]


# The chip -------------------------------------------------------------------------


class Chip:
    """What pyrf24's RF24 does, as far as it is used; chips of one class share the air.

    As in the real one, three packets wait to be read and those after them are lost
    unless acknowledged.
    """

    chips: list[Chip] = []  # noqa: RUF012
    is_plus_variant = True
    begins: bool | Exception = True
    polls = 0

    def __init__(self, ce_pin: int, csn_pin: int) -> None:
        self.pins = (ce_pin, csn_pin)
        self.listen = False
        self.power = False
        self.address = b""
        self.fifo: list[bytes] = []

    def begin(self) -> bool:
        if isinstance(self.begins, Exception):
            raise self.begins
        self.power = self.begins
        self.chips.append(self)
        return self.begins

    def set_auto_ack(self, enable: bool) -> None:
        assert enable

    def set_retries(self, delay: int, number: int) -> None:
        # At 250 kbps the acknowledgement takes more than 500 µs.
        assert delay >= 2 and number == 15

    def open_rx_pipe(self, pipe: int, address: bytes) -> None:
        assert pipe == 1
        self.address = address

    def stop_listening(self, address: bytes) -> None:
        self.listen, self.address = False, address

    @property
    def tuned(self) -> tuple[object, ...]:
        air = ("channel", "data_rate", "crc_length", "payload_size")
        return (self.address, *(getattr(self, name) for name in air))

    def available(self) -> bool:
        type(self).polls += 1
        return bool(self.fifo)

    def read(self, length: int) -> bytearray:
        assert length == PACKET_SIZE
        return bytearray(self.fifo.pop(0))

    def write(self, packet: bytes) -> bool:
        assert len(packet) == PACKET_SIZE
        for chip in self.chips:
            if chip.listen and chip.tuned == self.tuned and len(chip.fifo) < 3:
                chip.fifo.append(packet)
                return True
        return False


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> type[Chip]:
    """Put the stand-in in the place of the library."""

    class OwnChip(Chip):
        chips: list[Chip] = []  # noqa: RUF012

    library = ModuleType("pyrf24")
    vars(library).update(
        RF24=OwnChip, RF24_250KBPS=2, RF24_1MBPS=0, RF24_2MBPS=1, RF24_CRC_16=2
    )
    monkeypatch.setitem(sys.modules, "pyrf24", library)
    return OwnChip


def opened(settings: RadioSettings, *, listen: bool) -> RadioDriver:
    driver = Nrf24(settings, listen=listen)
    driver.open()
    return driver


@pytest.mark.parametrize("rate", DataRate)
def test_chips_with_the_same_settings_hear_each_other(
    chip: type[Chip], rate: DataRate
) -> None:
    settings = RadioSettings(channel=40, data_rate=rate, address=b"abcde")
    receiver, sender = opened(settings, listen=True), opened(settings, listen=False)
    packet = bytes(range(PACKET_SIZE))
    assert sender.send(packet)
    assert receiver.receive(0.1) == packet
    assert receiver.receive(0.0) is None


@pytest.mark.parametrize(
    "settings",
    [
        RadioSettings(channel=77),
        RadioSettings(data_rate=DataRate.MBPS_1),
        RadioSettings(address=b"YKNIL"),
    ],
)
def test_chips_with_other_settings_do_not(
    chip: type[Chip], settings: RadioSettings
) -> None:
    receiver = opened(RadioSettings(), listen=True)
    assert not opened(settings, listen=False).send(bytes(PACKET_SIZE))
    assert receiver.receive(0.0) is None


def test_the_chip_is_where_the_settings_say(chip: type[Chip]) -> None:
    settings = RadioSettings(spi_bus=1, spi_device=2, ce_pin=25)
    driver = opened(settings, listen=True)
    (radio,) = chip.chips
    assert radio.pins == (25, 12)
    states = [(radio.listen, radio.power)]
    driver.close()
    driver.close()
    assert [*states, (radio.listen, radio.power)] == [(True, True), (False, False)]


def test_a_missing_library_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrf24", None)
    with pytest.raises(TicPortError, match=r"pyrf24.* is not installed"):
        opened(PLAIN, listen=True)


def test_the_real_library_without_hardware_is_told() -> None:
    with pytest.raises(TicPortError, match=r"Can't open device /dev/spidev9\.9"):
        opened(RadioSettings(spi_bus=9, spi_device=9), listen=True)


def test_a_missing_device_is_told(chip: type[Chip]) -> None:
    chip.begins = RuntimeError("[SPI::begin] Can't open device /dev/spidev0.0")
    with pytest.raises(TicPortError, match=r"Can't open device /dev/spidev0\.0"):
        opened(PLAIN, listen=True)


def test_a_chip_that_does_not_answer_is_told(chip: type[Chip]) -> None:
    chip.begins = False
    with pytest.raises(TicPortError, match=r"no nRF24L01 answers on /dev/spidev0\.1"):
        opened(RadioSettings(spi_device=1), listen=True)


def test_a_chip_without_the_lowest_rate_is_told(chip: type[Chip]) -> None:
    chip.is_plus_variant = False
    with pytest.raises(TicPortError, match="no plus"):
        opened(PLAIN, listen=True)
    opened(RadioSettings(data_rate=DataRate.MBPS_1), listen=True)


@pytest.mark.parametrize("call", ["available", "write"])
def test_a_bus_that_fails_is_told(
    chip: type[Chip], call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("[SPI::transfernb] can't send spi message")

    driver = opened(PLAIN, listen=call == "available")
    monkeypatch.setattr(chip, call, fail)
    with pytest.raises(TicPortError, match="can't send spi message"):
        driver.receive(0.1) if call == "available" else driver.send(b"")


def test_waiting_for_packets_sleeps(chip: type[Chip]) -> None:
    driver = opened(PLAIN, listen=True)
    started, worked = time.monotonic(), time.thread_time()
    assert driver.receive(0.2) is None
    assert time.monotonic() - started >= 0.2
    assert time.thread_time() - worked < 0.05
    assert 1 < chip.polls <= 0.2 / 0.002


def test_a_chip_that_always_has_something_leaves_time_to_others(
    chip: type[Chip],
) -> None:
    """A broken bus may read as packets without end."""
    driver = opened(PLAIN, listen=True)
    (radio,) = chip.chips
    radio.fifo += [bytes(PACKET_SIZE)] * 1000
    started = time.monotonic()
    for _ in range(60):
        assert driver.receive(1) is not None
    assert time.monotonic() - started >= 19 * 0.002


async def test_a_link_over_chips(chip: type[Chip]) -> None:
    sender = opened(SEALED, listen=False)
    writer = PacketWriter(KEY, count(1).__next__)

    def say() -> None:
        for packet in writer.write(FRAME * 2):
            while not sender.send(packet):
                time.sleep(0.001)

    async with RadioLink(SEALED) as link:
        _, readings = await asyncio.gather(asyncio.to_thread(say), take(link, 2))
        assert [reading.apparent_power_va for reading in readings] == [519, 519]
        assert link.radio.lost == 0
    assert not any(radio.listen for radio in chip.chips)
