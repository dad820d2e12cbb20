"""What all dialects share: one request at a time, sure of whom, sure of the end."""

from abc import ABC, abstractmethod
import asyncio
from collections.abc import Awaitable, Callable

from ..model import PlugInfo, PlugReading
from .client import (
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from .transport import Transport


class BasePlug(ABC):
    """A `PlugClient` that leaves to a dialect how each question is put."""

    def __init__(self, transport: Transport, info: PlugInfo) -> None:
        self._transport = transport
        self._info = info
        self._lock = asyncio.Lock()

    async def info(self) -> PlugInfo:
        """Ask the device what it is."""
        async with self._lock:
            info = await _twice(self._ask_info)
            self._expect(info.serial)
            return info

    async def read(self) -> PlugReading:
        """Ask for the state and the measures of every socket."""
        async with self._lock:
            return await _twice(self._ask_reading)

    async def switch(self, socket: int, on: bool) -> None:
        """Switch one socket and see that it obeyed.

        The order is given once more if a look shows that it had no effect,
        and never without that look: a late first order does no harm then, and
        whose state stays unknown is not pushed further.
        """
        if socket not in self._info.sockets:
            raise PlugRefusedError(f"{self._transport.name}: no socket {socket}")
        async with self._lock:
            for _ in range(2):
                self._expect(await _twice(self._ask_serial))
                failure: PlugError = PlugRefusedError(
                    f"{self._transport.name}: socket {socket} does not obey"
                )
                try:
                    await self._order(socket, on)
                except (PlugUnreachableError, PlugReplyError) as error:
                    failure = error
                if await _twice(lambda: self._ask_state(socket)) is on:
                    return
            raise failure

    def _expect(self, serial: str | None) -> None:
        """Make sure that this plug answers and no other took its address."""
        if serial is None:
            raise PlugReplyError(f"{self._transport.name}: no serial in the answer")
        if serial != self._info.serial:
            raise PlugIdentityError(
                f"{self._transport.name}: {serial} answers in place of"
                f" {self._info.serial}"
            )

    @abstractmethod
    async def _ask_info(self) -> PlugInfo:
        """Ask what the device is."""

    @abstractmethod
    async def _ask_serial(self) -> str | None:
        """Ask only who the device is, as cheaply as it can be asked."""

    @abstractmethod
    async def _ask_reading(self) -> PlugReading:
        """Ask for all sockets, and make sure of the serial along the way."""

    @abstractmethod
    async def _ask_state(self, socket: int) -> bool:
        """Ask whether one socket is on."""

    @abstractmethod
    async def _order(self, socket: int, on: bool) -> None:
        """Send the order, once."""


async def _twice[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again, once, after no answer. Only for what changes nothing."""
    try:
        return await ask()
    except PlugUnreachableError:
        return await ask()
