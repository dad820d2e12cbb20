"""From the meter's serial port to the radio, for as long as both work."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from serialx import SerialException, async_serial_for_url

from custom_components.energy_park.tic.decoder import FrameDecoder
from custom_components.energy_park.tic.nrf24 import RadioDriver
from custom_components.energy_park.tic.packets import PacketWriter

# At the right speed a good group comes well within a second.
TRIAL_S = 2.5
# Nobody acknowledged for so long: worth a word.
UNHEARD_S = 5.0
# Some frames of a second; older values are of no use to anyone.
BACKLOG_MAX = 64

_RETRY_S = 0.01
_READ_MAX = 4096
_BAUDS = (1200, 9600)


class PortError(Exception):
    """The meter's port does not open, or is gone."""


@dataclass(slots=True)
class Sent:
    """Packets acknowledged by the receiver, and those given up."""

    packets: int = 0
    given_up: int = 0


class Transmitter:
    """Sends what a meter says; ``tell`` takes what a person should know."""

    def __init__(
        self,
        url: str,
        driver: RadioDriver,
        writer: PacketWriter,
        tell: Callable[[str], None],
    ) -> None:
        """Take note of the meter's port and of an open radio."""
        self._serial = async_serial_for_url(url, baudrate=_BAUDS[0])
        self._driver = driver
        self._writer = writer
        self._tell = tell
        self._decoder = FrameDecoder()
        self._groups = 0
        self._unreadable_since: float | None = None
        self._bauds = deque([] if "://" in url else _BAUDS)
        self._packets: deque[bytes] = deque()
        self._news = asyncio.Event()
        self.sent = Sent()

    async def run(self) -> None:
        """Send until cancelled; raise a group of PortError or TicPortError."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._read())
                tasks.create_task(self._send())
        finally:
            await self._serial.close()

    async def _read(self) -> None:
        """Take every byte at once, whatever becomes of the packets."""
        try:
            await self._serial.open()
            while data := await self._serial.read(_READ_MAX):
                self._packets.extend(self._writer.write(data))
                self._give_up_oldest()
                self._news.set()
                await self._follow_speed(data)
        except (OSError, SerialException, TimeoutError, ValueError) as err:
            raise PortError(f"the meter's port: {err}") from err
        raise PortError("the meter's port was closed")

    async def _follow_speed(self, data: bytes) -> None:
        """Try the other speed while bytes make no group."""
        self._decoder.feed(data)
        groups = self._decoder.counters.groups
        now = asyncio.get_running_loop().time()
        if groups > self._groups:
            self._groups, self._unreadable_since = groups, None
        elif self._unreadable_since is None:
            self._unreadable_since = now
        elif self._bauds and now - self._unreadable_since > TRIAL_S:
            self._unreadable_since = now
            self._bauds.rotate()
            self._tell(f"no group of a meter: trying {self._bauds[0]} baud")
            await self._serial.reconfigure_port(baudrate=self._bauds[0])

    async def _send(self) -> None:
        """Send the packets in turn, each until it is acknowledged or too old."""
        loop = asyncio.get_running_loop()
        heard, heard_at = True, loop.time()
        while True:
            while not self._packets:
                self._news.clear()
                await self._news.wait()
            packet = self._packets.popleft()
            if await asyncio.to_thread(self._driver.send, packet):
                self.sent.packets += 1
                if not heard:
                    self._tell("the receiver answers")
                heard, heard_at = True, loop.time()
            else:
                self._packets.appendleft(packet)
                self._give_up_oldest()
                if heard and loop.time() - heard_at > UNHEARD_S:
                    self._tell("no receiver answers")
                    heard = False
                await asyncio.sleep(_RETRY_S)

    def _give_up_oldest(self) -> None:
        while len(self._packets) > BACKLOG_MAX:
            self._packets.popleft()
            self.sent.given_up += 1
