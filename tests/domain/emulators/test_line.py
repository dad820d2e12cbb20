"""The wire of the emulated meter: pace, listeners and faults."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
import os
import re

import pytest

from scripts.emulators import EmulatedMeter
from scripts.emulators.line import FRAME_GAP_S
from scripts.emulators.meter import BAUD, Mode

from .tic import BadChecksum, read_frame, read_group, whole_frames


class Reader:
    """A TCP client of the meter that remembers when bytes came."""

    def __init__(self, stream: asyncio.StreamReader) -> None:
        self._stream = stream
        self.data = b""
        self.arrivals: list[tuple[float, int]] = []

    async def read_for(self, seconds: float) -> bytes:
        """Return what comes in that time."""
        start = len(self.data)
        try:
            async with asyncio.timeout(seconds):
                while chunk := await self._stream.read(1 << 20):
                    self._take(chunk)
        except TimeoutError:
            pass
        return self.data[start:]

    async def read_until(self, pattern: bytes, times: int = 1) -> float:
        """Read until the pattern came so many times more; return when."""
        wanted = len(re.findall(pattern, self.data)) + times
        async with asyncio.timeout(10):
            while len(re.findall(pattern, self.data)) < wanted:
                chunk = await self._stream.read(1 << 20)
                assert chunk, "the connection was closed"
                self._take(chunk)
        return asyncio.get_running_loop().time()

    def _take(self, chunk: bytes) -> None:
        self.data += chunk
        self.arrivals.append((asyncio.get_running_loop().time(), len(self.data)))

    async def ended(self) -> bool:
        """Tell whether the other side closes the connection now."""
        try:
            async with asyncio.timeout(0.2):
                return not await self._stream.read(1 << 20)
        except TimeoutError:
            return False


@asynccontextmanager
async def connect(meter: EmulatedMeter) -> AsyncGenerator[Reader]:
    reader, writer = await asyncio.open_connection("127.0.0.1", meter.line.port)
    try:
        yield Reader(reader)
    finally:
        writer.close()


@asynccontextmanager
async def open_port(meter: EmulatedMeter) -> AsyncGenerator[Reader]:
    stream = asyncio.StreamReader()
    with open(meter.pty, "rb", buffering=0) as port:  # noqa: ASYNC230, PTH123
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(stream), port
        )
        try:
            yield Reader(stream)
        finally:
            transport.close()
            await asyncio.sleep(0)


@pytest.fixture
def quick_line(monkeypatch: pytest.MonkeyPatch) -> int:
    """A line that is paced, but at twelve times the meter's rate."""
    baud = 115_200
    monkeypatch.setitem(BAUD, Mode.STANDARD, baud)
    return baud


@pytest.mark.parametrize(("mode", "baud"), [("historique", 1200), ("standard", 9600)])
async def test_bytes_come_at_the_true_rate(mode: str, baud: int) -> None:
    async with EmulatedMeter(mode=mode) as meter, connect(meter) as reader:
        await reader.read_until(b"\x02")
        reader.arrivals.clear()
        await reader.read_for(0.7)
        assert reader.data.count(b"\x02") == 1, "no pause between frames measured"
        # A busy machine only delays: the earliest bytes of each half tell the rate.
        delays = [at - total * 10 / baud for at, total in reader.arrivals]
        half = len(delays) // 2
        assert min(delays[half:]) == pytest.approx(min(delays[:half]), abs=0.007)


async def test_bytes_trickle_as_from_a_serial_adapter() -> None:
    async with EmulatedMeter() as meter, connect(meter) as reader:
        assert 0 < len(await reader.read_for(0.2)) <= 26


async def test_pace_does_not_drift(quick_line: int) -> None:
    """Late wake-ups of the loop leave the schedule where it was."""
    async with EmulatedMeter(mode="standard") as meter, connect(meter) as reader:
        started = await reader.read_until(b"\x03")
        before = len(reader.data)
        for _ in range(15):
            await asyncio.sleep(0.01)
            end = asyncio.get_running_loop().time() + 0.03
            while asyncio.get_running_loop().time() < end:
                pass
        # What came meanwhile is read late; the next frame is not.
        await reader.read_until(b"\x03")
        ended = await reader.read_until(b"\x03")
        frames = reader.data[before:].count(b"\x03")
        sent_s = (len(reader.data) - before) * 10 / quick_line + FRAME_GAP_S * frames
        assert ended - started == pytest.approx(sent_s, abs=0.05)


async def test_fast_pace_gives_frames_at_once() -> None:
    async with EmulatedMeter(pace="fast") as meter, connect(meter) as reader:
        started = asyncio.get_running_loop().time()
        ended = await reader.read_until(b"\x03", times=100)
        assert ended - started < 3
        for frame in whole_frames(reader.data):
            read_frame(frame)


async def test_many_clients_and_the_port_get_the_same_bytes(quick_line: int) -> None:
    async with (
        EmulatedMeter(mode="standard") as meter,
        open_port(meter) as serial,
        connect(meter) as one,
        connect(meter) as two,
    ):
        for reader in (one, two, serial):
            await reader.read_until(b"\x03", times=2)
        frame = whole_frames(one.data)[0]
        assert frame in two.data
        assert frame in serial.data


async def test_port_loses_what_nobody_reads(quick_line: int) -> None:
    async with EmulatedMeter(mode="standard") as meter, connect(meter) as reader:
        await reader.read_until(b"\x03", times=2)
        port = os.open(meter.pty, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with pytest.raises(BlockingIOError):
            os.read(port, 10_000)
        os.close(port)
        async with open_port(meter) as serial:
            await serial.read_until(b"\x03", times=2)


async def test_silence_keeps_the_connection(quick_line: int) -> None:
    async with EmulatedMeter(mode="standard") as meter, connect(meter) as reader:
        await reader.read_until(b"\x03")
        meter.fault("silence")
        await reader.read_for(0.1)
        assert await reader.read_for(0.3) == b""
        meter.clear()
        await reader.read_until(b"\x03")


async def test_half_open_serves_only_who_comes_later(quick_line: int) -> None:
    async with EmulatedMeter(mode="standard") as meter, connect(meter) as early:
        await early.read_until(b"\x02")
        meter.fault("half_open")
        await early.read_for(0.1)
        async with connect(meter) as late:
            await late.read_until(b"\x03")
            assert await early.read_for(0.1) == b""
            assert not await early.ended()


async def test_disconnect_closes_and_serves_again(quick_line: int) -> None:
    async with EmulatedMeter(mode="standard") as meter:
        async with connect(meter) as reader:
            await reader.read_until(b"\x02")
            meter.fault("disconnect")
            with pytest.raises((ConnectionResetError, AssertionError)):
                await reader.read_until(b"\x03", times=5)
        async with connect(meter) as again:
            await again.read_until(b"\x03")


async def test_eot_breaks_off_as_many_frames_as_asked() -> None:
    async with EmulatedMeter(pace="fast") as meter, connect(meter) as reader:
        await reader.read_until(b"\x03")
        meter.fault("eot", times=2)
        await reader.read_until(b"\x04", times=2)
        await reader.read_until(b"\x03", times=50)
        assert reader.data.count(b"\x04") == 2
        assert re.search(rb"\x02[^\x03]{30,}\x04\x02", reader.data)


async def test_corruption_spoils_groups_at_its_rate() -> None:
    async with EmulatedMeter(pace="fast") as meter, connect(meter) as reader:
        await reader.read_until(b"\x03")
        meter.fault("corrupt", rate=0.02)
        await reader.read_until(b"\x03", times=150)
        bad = good = 0
        for line in re.findall(rb"\n([^\r\n]{4,})\r", reader.data):
            try:
                read_group(line)
            except BadChecksum, ValueError, UnicodeDecodeError:
                bad += 1
            else:
                good += 1
        # 15 bytes a group: about one in four is hit.
        assert 0.1 < bad / (bad + good) < 0.5


async def test_mode_changes_between_two_frames() -> None:
    async with EmulatedMeter(pace="fast") as meter, connect(meter) as reader:
        await reader.read_until(b"\x03", times=2)
        meter.fault("mode")
        await reader.read_until(b"ADSC\t")
        await reader.read_until(b"\x03")
        assert meter.mode == "standard"
        frames = whole_frames(reader.data)
        modes = [b"\t" in frame for frame in frames]
        assert modes == sorted(modes)
        for frame in frames:
            read_frame(frame)
        meter.fault("mode", mode="historique")
        assert meter.mode == "historique"
