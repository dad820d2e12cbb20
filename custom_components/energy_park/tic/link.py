"""The meter's bytes, from a serial port or a TCP socket, to readings.

The line (Enedis-NOI-CPT_54E, section 4) runs at 1200 baud in historique and at 9600
baud in standard mode, 7 bits with even parity.
"""

import asyncio
from collections import deque
from types import TracebackType
from typing import Self

from serialx import SerialException, async_serial_for_url

from ..model import MeterReading, TicMode
from .decoder import DecoderCounters, Frame, FrameDecoder
from .meter import read

# The longest frame takes 2.3 s. A TCP peer that vanished closes nothing.
SILENCE_S = 8.0
# At the right speed a good group comes well within a second.
TRIAL_S = 2.5
UNREADABLE_S = 10.0

_SOCKETS = ("socket://", "tcp://")
_READ_MAX = 4096


class TicLinkError(Exception):
    """The link to the meter does not work."""


class TicPortError(TicLinkError):
    """The port cannot be opened, or was unplugged or closed by the other side."""


class TicSilentError(TicLinkError):
    """Not one byte came for a few frame periods."""


class TicUnreadableError(TicLinkError):
    """Bytes come, but no group: noise, or not a meter."""


class TicLink:
    """An open link, which iterates over readings until a TicLinkError.

    ``url`` is the path of a serial port or ``socket://host:port``. ``mode`` hints
    which of its two speeds a serial port tries first. A reading comes at the end of
    each frame, cut frames included, and at once when an overload group arrives.
    """

    def __init__(self, url: str, *, mode: TicMode | None = None) -> None:
        """Take note of the port; entering the context opens it."""
        bauds = [9600, 1200] if mode is TicMode.STANDARD else [1200, 9600]
        self._bauds = deque([] if url.lower().startswith(_SOCKETS) else bauds)
        # 8N1 has as many bits as 7E1, any port and pseudo terminal can do it, and
        # the decoder drops the parity bit.
        self._serial = async_serial_for_url(url, baudrate=bauds[0])
        self._decoder = FrameDecoder()
        self._frames: deque[Frame] = deque()
        self._groups = 0
        self._unreadable_since: float | None = None
        self._baud_since = 0.0

    @property
    def counters(self) -> DecoderCounters:
        """What came over this link so far."""
        return self._decoder.counters

    @property
    def mode(self) -> TicMode | None:
        """The mode that the meter speaks; None before its first good group."""
        return self._decoder.mode

    async def __aenter__(self) -> Self:
        """Open the port, or raise TicPortError."""
        try:
            await self._serial.open()
        except TimeoutError as err:
            raise TicPortError("no answer") from err
        except (OSError, SerialException, ValueError) as err:
            raise TicPortError(_reason(err)) from err
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the port; when it returns nothing is left of it."""
        await self._serial.close()

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
                data = await self._receive()
            except TicPortError:
                self._frames.extend(self._decoder.finish())
                if not self._frames:
                    raise
            else:
                self._frames.extend(self._decoder.feed(data))
                await self._check_readable()
        return self._frames.popleft()

    async def _receive(self) -> bytes:
        try:
            async with asyncio.timeout(SILENCE_S):
                data = await self._serial.read(_READ_MAX)
        except TimeoutError as err:
            raise TicSilentError(f"no byte for {SILENCE_S:.0f} s") from err
        except (OSError, SerialException) as err:
            raise TicPortError(_reason(err)) from err
        if not data:
            raise TicPortError("closed by the other side")
        return data

    async def _check_readable(self) -> None:
        """Try the other speed while bytes make no group, then give up."""
        groups = self.counters.groups
        now = asyncio.get_running_loop().time()
        if groups > self._groups:
            self._groups = groups
            self._unreadable_since = None
        elif self._unreadable_since is None:
            self._unreadable_since = self._baud_since = now
        elif now - self._unreadable_since > UNREADABLE_S:
            raise TicUnreadableError(f"no group in the bytes of {UNREADABLE_S:.0f} s")
        elif self._bauds and now - self._baud_since > TRIAL_S:
            self._baud_since = now
            self._bauds.rotate()
            await self._change_baud(self._bauds[0])

    async def _change_baud(self, baud: int) -> None:
        try:
            await self._serial.reconfigure_port(baudrate=baud)
        except (OSError, SerialException) as err:
            raise TicPortError(_reason(err)) from err


async def identify(url: str, timeout_s: float = 15.0) -> MeterReading:
    """Return a complete reading that tells the same serial number as one before it.

    A damaged number passes the checksum by luck, but not twice. Raises TicLinkError
    when there is none within ``timeout_s`` seconds.
    """
    link = TicLink(url)
    try:
        return await asyncio.wait_for(_first_confirmed(link), timeout_s)
    except TimeoutError as err:
        if link.counters.groups:
            raise TicUnreadableError("no complete frame of a meter") from err
        raise TicSilentError(f"no group within {timeout_s:.0f} s") from err


async def _first_confirmed(link: TicLink) -> MeterReading:
    serial: str | None = None
    async with link:
        while True:
            reading = await anext(link)
            if reading.early or reading.serial is None:
                continue
            if reading.complete and reading.serial == serial:
                return reading
            serial = reading.serial


def _reason(err: Exception) -> str:
    """Return a reason that shows no address, which may hold a password."""
    if isinstance(err, OSError) and err.strerror:
        return err.strerror
    return "not a serial port nor socket://host:port"
