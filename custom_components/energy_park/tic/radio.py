"""The meter's bytes from an nRF24L01 radio, to readings.

Same use and same errors as TicLink. The protocol is that of docs/radio.md.
"""

import asyncio
from collections import deque
import threading
from types import TracebackType
from typing import Self

from ..model import MeterReading, TicMode
from .decoder import DecoderCounters, Frame, FrameDecoder
from .link import (
    SILENCE_S,
    UNREADABLE_S,
    TicPortError,
    TicSilentError,
    TicUnreadableError,
)
from .meter import read
from .nrf24 import Nrf24, RadioDriver, RadioSettings
from .packets import PacketReader, PlainReader, RadioCounters, SealedReader

# How soon the thread notices that it is to end.
_RECEIVE_S = 0.1
# Some seconds of packets; the oldest go, and a sealed stream shows that they did.
_BACKLOG_MAX = 256


class RadioLink:
    """An open radio, which iterates over readings until a TicLinkError.

    ``position`` is where an earlier link had come to: what was recorded before is
    refused. ``driver`` stands in for the chip. A reading comes at the end of each
    frame, cut frames included, and at once when an overload group arrives.
    """

    def __init__(
        self,
        settings: RadioSettings,
        *,
        position: int = 0,
        driver: RadioDriver | None = None,
    ) -> None:
        """Take note of the radio; entering the context opens it."""
        self._reader: PacketReader = (
            PlainReader()
            if settings.key is None
            else SealedReader(settings.key, position)
        )
        self._receiver = _Receiver(driver or Nrf24(settings, listen=True))
        self._decoder = FrameDecoder()
        self._frames: deque[Frame] = deque()
        self._groups = 0
        self._unreadable_since: float | None = None

    @property
    def counters(self) -> DecoderCounters:
        """What came over this link so far."""
        return self._decoder.counters

    @property
    def radio(self) -> RadioCounters:
        """The packets that came over this link so far."""
        return self._reader.counters

    @property
    def position(self) -> int:
        """The number of the last packet taken, to be kept over a restart."""
        return self._reader.position

    @property
    def mode(self) -> TicMode | None:
        """The mode that the meter speaks; None before its first good group."""
        return self._decoder.mode

    async def __aenter__(self) -> Self:
        """Open the radio, or raise TicPortError."""
        await self._receiver.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the radio; when it returns its thread has ended."""
        await self._receiver.stop()

    def __aiter__(self) -> Self:
        """Iterate over the readings to come."""
        return self

    async def __anext__(self) -> MeterReading:
        """Return the next reading, or raise what is wrong with the link."""
        return read(await self.next_frame())

    async def next_frame(self) -> Frame:
        """Return the next frame, or raise what is wrong with the link."""
        while not self._frames:
            try:
                packet = await self._receive()
            except TicPortError:
                self._frames.extend(self._decoder.finish())
                if not self._frames:
                    raise
            else:
                self._frames.extend(self._decoder.feed(self._reader.read(packet)))
                self._check_readable()
        return self._frames.popleft()

    async def _receive(self) -> bytes:
        try:
            async with asyncio.timeout(SILENCE_S):
                return await self._receiver.take()
        except TimeoutError as err:
            raise TicSilentError(f"no packet for {SILENCE_S:.0f} s") from err

    def _check_readable(self) -> None:
        """Give up on packets that make no group for too long."""
        groups = self.counters.groups
        now = asyncio.get_running_loop().time()
        if groups > self._groups:
            self._groups = groups
            self._unreadable_since = None
        elif self._unreadable_since is None:
            self._unreadable_since = now
        elif now - self._unreadable_since > UNREADABLE_S:
            if self.radio.taken:
                raise TicUnreadableError(
                    f"no group in the packets of {UNREADABLE_S:.0f} s"
                )
            raise TicUnreadableError("packets come, but none is new and of this key")


class _Receiver:
    """Hands what a driver receives over to the event loop, from one thread."""

    def __init__(self, driver: RadioDriver) -> None:
        self._driver = driver
        self._items: deque[bytes | Exception] = deque(maxlen=_BACKLOG_MAX)
        self._news = asyncio.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, name="nRF24 receiver", daemon=True
        )

    async def start(self) -> None:
        """Open the driver in its thread, or raise TicPortError."""
        self._loop = asyncio.get_running_loop()
        self._thread.start()
        try:
            await self.take()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End the thread, which closes the driver."""
        self._stopping.set()
        await asyncio.to_thread(self._thread.join)

    async def take(self) -> bytes:
        """Return the next packet, or raise what ended them."""
        while not self._items:
            self._news.clear()
            await self._news.wait()
        item = self._items.popleft()
        if isinstance(item, Exception):
            self._items.append(item)
            raise item
        return item

    def _run(self) -> None:
        """Receive until the link is closed; nothing at all says that it is open."""
        try:
            self._driver.open()
            self._hand_over(b"")
            while not self._stopping.is_set():
                packet = self._driver.receive(_RECEIVE_S)
                if packet is not None:
                    self._hand_over(packet)
        except Exception as err:  # noqa: BLE001 - who waits for packets must know
            self._hand_over(err)
        finally:
            self._driver.close()

    def _hand_over(self, item: bytes | Exception) -> None:
        self._loop.call_soon_threadsafe(self._put, item)

    def _put(self, item: bytes | Exception) -> None:
        self._items.append(item)
        self._news.set()


async def identify(
    settings: RadioSettings,
    timeout_s: float = 15.0,
    *,
    driver: RadioDriver | None = None,
) -> MeterReading:
    """Return the first complete reading that tells the meter's serial number.

    Raises TicLinkError when there is none within ``timeout_s`` seconds.
    """
    link = RadioLink(settings, driver=driver)
    try:
        return await asyncio.wait_for(_first_complete(link), timeout_s)
    except TimeoutError as err:
        if link.counters.groups:
            raise TicUnreadableError("no complete frame of a meter") from err
        if link.radio.refused or link.radio.repeated:
            raise TicUnreadableError("packets come, but none of this key") from err
        raise TicSilentError(f"no group within {timeout_s:.0f} s") from err


async def _first_complete(link: RadioLink) -> MeterReading:
    async with link:
        while True:
            reading = await anext(link)
            if reading.complete and reading.serial is not None:
                return reading
