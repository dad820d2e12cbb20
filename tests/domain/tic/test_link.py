"""Links over real pseudo terminals and real sockets."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
import fcntl
import os
from pathlib import Path
import socket
import termios

import pytest

from custom_components.energy_park.model import MeterReading, TicMode
from custom_components.energy_park.tic import link as tic_link
from custom_components.energy_park.tic.link import (
    TicLink,
    TicLinkError,
    TicPortError,
    TicSilentError,
    TicUnreadableError,
    identify,
)

from .conftest import STANDARD, TEMPO, historique, standard

HISTORIQUE_FRAME = historique(TEMPO)
STANDARD_FRAME = standard(STANDARD)
NOISE = bytes(range(0x30, 0x7F)) * 2


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for tenths where a user waits for seconds."""
    monkeypatch.setattr(tic_link, "SILENCE_S", 0.4)
    monkeypatch.setattr(tic_link, "TRIAL_S", 0.05)
    monkeypatch.setattr(tic_link, "UNREADABLE_S", 0.4)


@pytest.fixture(autouse=True)
async def nothing_left() -> AsyncIterator[None]:
    """Fail a test that leaves a file, a socket or a task open."""
    await asyncio.to_thread(int)  # the loop's executor keeps its threads
    files = sorted(Path("/proc/self/fd").iterdir())
    yield
    assert asyncio.all_tasks() == {asyncio.current_task()}
    assert sorted(Path("/proc/self/fd").iterdir()) == files


@asynccontextmanager
async def tcp_meter(*said: bytes, then_close: bool = False) -> AsyncIterator[str]:
    """Serve one link at a time: say these bytes, then fall silent or close."""
    talks: list[asyncio.Task[None] | None] = []

    async def talk(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        with suppress(asyncio.CancelledError, ConnectionError):
            for data in said:
                writer.write(data)
                await writer.drain()
                await asyncio.sleep(0.01)
            if not then_close:
                await asyncio.Event().wait()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"socket://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in filter(None, talks):
            task.cancel()
            await asyncio.wait([task])
        await server.wait_closed()


class Terminal:
    """A pseudo terminal whose far end is the meter."""

    def __init__(self) -> None:
        self.meter, self._port = os.openpty()
        self.path = os.ttyname(self._port)
        self._open = True

    def say(self, data: bytes) -> None:
        os.write(self.meter, data)

    @property
    def baud(self) -> int:
        speed = termios.tcgetattr(self._port)[4]
        return {termios.B1200: 1200, termios.B9600: 9600}.get(speed, 0)

    async def opened(self) -> None:
        while self.baud == 0:
            await asyncio.sleep(0.001)

    def unplug(self) -> None:
        if self._open:
            self._open = False
            os.close(self.meter)
            os.close(self._port)


@contextmanager
def terminal() -> Iterator[Terminal]:
    port = Terminal()
    settings = termios.tcgetattr(port._port)
    settings[4] = settings[5] = termios.B300
    termios.tcsetattr(port._port, termios.TCSANOW, settings)
    try:
        yield port
    finally:
        port.unplug()


@asynccontextmanager
async def speaking(
    port: Terminal, frame: Callable[[], bytes], every_s: float = 0.01
) -> AsyncIterator[None]:
    """Let the meter speak all the time."""

    async def speak() -> None:
        await port.opened()
        while True:
            port.say(frame())
            await asyncio.sleep(every_s)

    task = asyncio.create_task(speak())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def take(link: TicLink, count: int) -> list[MeterReading]:
    return [await anext(link) for _ in range(count)]


async def test_a_socket_gives_the_readings_of_its_frames() -> None:
    async with tcp_meter(*[HISTORIQUE_FRAME] * 3) as url, TicLink(url) as link:
        modes = [link.mode]
        readings = await take(link, 3)
        assert [r.apparent_power_va for r in readings] == [2840] * 3
        assert [*modes, link.mode] == [None, TicMode.HISTORIQUE]
        assert link.counters.frames == 3
        assert link.counters.groups == 48
        assert link.counters.rejects == {}


async def test_iteration_goes_on_until_the_link_fails() -> None:
    serials = []

    async def listen(link: TicLink) -> None:
        async for reading in link:
            serials.append(reading.serial)  # noqa: PERF401

    said = [STANDARD_FRAME, STANDARD_FRAME]
    async with tcp_meter(*said, then_close=True) as url, TicLink(url) as link:
        with pytest.raises(TicPortError, match="closed by the other side"):
            await listen(link)
    assert serials == ["061964123456"] * 2


async def test_what_a_closed_socket_cut_still_counts() -> None:
    cut = HISTORIQUE_FRAME[: HISTORIQUE_FRAME.index(b"PTEC")]
    async with tcp_meter(cut, then_close=True) as url, TicLink(url) as link:
        reading = await anext(link)
        assert not reading.complete
        assert reading.subscribed_power_va is None
        assert reading.energy_drawn_wh == 47371616
        with pytest.raises(TicPortError):
            await anext(link)


async def test_an_overload_arrives_before_its_frame_ends() -> None:
    frame = historique(TEMPO.replace("IMAX 090", "ADPS 032\nIMAX 090"))
    end = frame.index(b"\nIMAX")
    async with tcp_meter(frame[:end]) as url, TicLink(url) as link:
        reading = await anext(link)
        assert reading.overload
        assert not reading.complete


async def test_a_change_of_mode_is_followed() -> None:
    said = [HISTORIQUE_FRAME, STANDARD_FRAME, HISTORIQUE_FRAME]
    async with tcp_meter(*said) as url, TicLink(url) as link:
        modes = [reading.mode for reading in await take(link, 3)]
    assert modes == [TicMode.HISTORIQUE, TicMode.STANDARD, TicMode.HISTORIQUE]


@pytest.mark.parametrize("said", [[], [HISTORIQUE_FRAME]])
async def test_a_half_open_socket_is_found_by_its_silence(said: list[bytes]) -> None:
    async with tcp_meter(*said) as url, TicLink(url) as link:
        await take(link, len(said))
        with pytest.raises(TicSilentError):
            await anext(link)


async def test_noise_is_told_from_silence() -> None:
    async with tcp_meter(*[NOISE] * 100) as url, TicLink(url) as link:
        with pytest.raises(TicUnreadableError):
            await anext(link)
        assert link.counters.groups == 0


async def test_a_link_can_be_opened_again() -> None:
    async with tcp_meter(STANDARD_FRAME, then_close=True) as url:
        for _ in range(3):
            async with TicLink(url) as link:
                assert (await anext(link)).serial == "061964123456"


async def test_leaving_while_waiting_leaves_nothing() -> None:
    async with tcp_meter() as url, TicLink(url) as link:
        waiting = asyncio.create_task(anext(link))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting


async def test_a_wait_given_up_loses_no_bytes() -> None:
    middle = len(HISTORIQUE_FRAME) // 2
    with terminal() as port:
        async with TicLink(port.path) as link:
            port.say(HISTORIQUE_FRAME[:middle])
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(anext(link), 0.05)
            port.say(HISTORIQUE_FRAME[middle:])
            assert len((await anext(link)).groups) == 16


@pytest.mark.parametrize(
    "url",
    [
        "/dev/no-such-port",
        "/dev/null",
        "socket://127.0.0.1",
        "socket://127.0.0.1:99999",
        "nonsense://x",
        "a\0b",
        "",
    ],
)
async def test_a_port_that_cannot_be_opened(url: str) -> None:
    with pytest.raises(TicPortError):
        async with TicLink(url):
            pytest.fail("opened")


async def test_a_refused_connection() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(TicPortError, match="Connect"):
            await identify(f"socket://127.0.0.1:{taken.getsockname()[1]}")


async def test_no_error_shows_the_password_of_an_address() -> None:
    with pytest.raises(TicLinkError) as error:
        await identify("nonsense://host?key=hush&password=hush")
    assert "hush" not in str(error.value)


async def test_a_busy_port_says_so() -> None:
    with terminal() as port:
        fcntl.flock(port._port, fcntl.LOCK_EX)
        with pytest.raises(TicPortError, match="locked by another process"):
            await identify(port.path)


async def test_an_unplugged_port() -> None:
    with terminal() as port:
        async with TicLink(port.path) as link:
            port.say(HISTORIQUE_FRAME)
            await anext(link)
            port.unplug()
            with pytest.raises(TicPortError):
                await anext(link)


@pytest.mark.parametrize("mode", [None, *TicMode])
@pytest.mark.parametrize(
    ("frame", "baud"), [(HISTORIQUE_FRAME, 1200), (STANDARD_FRAME, 9600)]
)
async def test_the_speed_of_a_port_is_found(
    frame: bytes, baud: int, mode: TicMode | None
) -> None:
    with terminal() as port:
        async with (
            speaking(port, lambda: frame if port.baud == baud else NOISE),
            TicLink(port.path, mode=mode) as link,
        ):
            assert (await anext(link)).groups
            assert port.baud == baud


@pytest.mark.parametrize(
    ("mode", "baud"),
    [(None, 1200), (TicMode.HISTORIQUE, 1200), (TicMode.STANDARD, 9600)],
)
async def test_the_likeliest_speed_is_tried_first(
    mode: TicMode | None, baud: int
) -> None:
    with terminal() as port:
        async with TicLink(port.path, mode=mode):
            assert port.baud == baud


async def test_a_change_of_mode_and_speed_is_followed() -> None:
    right = {1200: HISTORIQUE_FRAME}
    with terminal() as port:
        async with (
            speaking(port, lambda: right.get(port.baud, NOISE)),
            TicLink(port.path) as link,
        ):
            assert (await anext(link)).mode is TicMode.HISTORIQUE
            right = {9600: STANDARD_FRAME}
            async for reading in link:
                if reading.mode is TicMode.STANDARD:
                    break
            assert port.baud == 9600


async def test_noise_on_a_port_is_given_up_after_both_speeds() -> None:
    tried = set()

    def noise() -> bytes:
        tried.add(port.baud)
        return NOISE

    with terminal() as port:
        async with speaking(port, noise):
            with pytest.raises(TicUnreadableError):
                await identify(port.path)
    assert tried == {1200, 9600}


async def test_a_pause_is_no_reason_to_change_the_speed() -> None:
    with terminal() as port:
        async with TicLink(port.path) as link:
            port.say(HISTORIQUE_FRAME[:-1])
            await asyncio.sleep(0.1)
            port.say(HISTORIQUE_FRAME[-1:] + HISTORIQUE_FRAME[:20])
            await anext(link)
            waiting = asyncio.create_task(anext(link))
            await asyncio.sleep(0.1)
            port.say(HISTORIQUE_FRAME[20:])
            assert (await waiting).complete
            assert port.baud == 1200


async def test_a_meter_is_identified_by_a_serial_number_that_comes_twice() -> None:
    partial = STANDARD_FRAME[100:]
    other = standard(STANDARD.replace("061964123456", "061964123465"))
    async with tcp_meter(partial, STANDARD_FRAME, other, *[STANDARD_FRAME] * 2) as url:
        reading = await identify(url)
    assert reading.complete
    assert reading.serial == "061964123456"
    assert reading.mode is TicMode.STANDARD
    assert reading.contract == "H PLEINE/CREUSE"


async def test_a_serial_number_that_came_once_identifies_nothing() -> None:
    others = [
        standard(STANDARD.replace("061964123456", f"0619641234{count:02}"))
        for count in range(20)
    ]
    async with tcp_meter(*others) as url:
        with pytest.raises(TicUnreadableError, match="no complete frame"):
            await identify(url, timeout_s=0.2)


async def test_an_early_reading_does_not_confirm_its_own_frame() -> None:
    overload = historique(TEMPO.replace("IMAX 090", "ADPS 032\nIMAX 090"))
    async with tcp_meter(overload) as url:
        with pytest.raises(TicUnreadableError, match="no complete frame"):
            await identify(url, timeout_s=0.2)


async def test_a_meter_without_a_serial_number_is_not_identified() -> None:
    nameless = HISTORIQUE_FRAME.replace(b"ADCO 0", b"ADCO 1")
    async with tcp_meter(*[nameless] * 50) as url:
        with pytest.raises(TicUnreadableError, match="no complete frame"):
            await identify(url, timeout_s=0.2)


async def test_identifying_gives_up_in_time() -> None:
    async with tcp_meter() as url:
        with pytest.raises(TicSilentError):
            await identify(url, timeout_s=0.1)
        with pytest.raises(TicSilentError):
            await identify(url)
