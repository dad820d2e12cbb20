"""What all dialects share: one request at a time, sure of whom, sure of the end."""

from abc import ABC, abstractmethod
import asyncio
from asyncio import sleep as _pause
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from ..model import PlugInfo, PlugReading, PowerOnDefault
from .client import (
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from .transport import Transport


@dataclass(slots=True)
class _Batch:
    """Orders that wait for their turn together; ``failures`` once they had it."""

    orders: dict[int, bool] = field(default_factory=dict)
    failures: Mapping[int, PlugError] | None = None


class BasePlug(ABC):
    """A `PlugClient` that leaves to a dialect how each question is put."""

    # When to look whether an order took effect: pauses before each look.
    looks_after_s: ClassVar[tuple[float, ...]] = (0.0,)

    def __init__(self, transport: Transport, info: PlugInfo) -> None:
        self._transport = transport
        self._info = info
        self._lock = asyncio.Lock()
        self._batch = _Batch()

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

        Orders that come while the device is busy go out together when it is free.
        """
        self._require(socket)
        batch = self._batch
        if batch.orders.get(socket, on) is not on:
            # A contrary order waits behind the earlier one.
            batch = self._batch = _Batch()
        batch.orders[socket] = on
        async with self._lock:
            if batch.failures is None:
                # What is ordered in the same breath comes along.
                await asyncio.sleep(0)
                if batch is self._batch:
                    self._batch = _Batch()
                batch.failures = await self._switch(batch.orders)
        if (failure := batch.failures.get(socket)) is not None:
            raise failure

    async def _switch(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        """Give orders and see that they are obeyed; return what failed, and why.

        An order is given once more if a look shows that it had no effect, and never
        without that look: a late first order does no harm then, and whose state
        stays unknown is not pushed further.
        """
        failures: dict[int, PlugError] = {}
        left = dict(orders)
        try:
            for _ in range(2):
                if not left:
                    break
                self._expect(await _twice(self._ask_serial))
                causes = await self._order(left)
                states = await self._look(left)
                for socket, on in tuple(left.items()):
                    if (state := states.get(socket)) is on:
                        failures.pop(socket, None)
                        del left[socket]
                    elif state is None:
                        failures[socket] = causes.get(socket) or PlugReplyError(
                            f"{self._transport.name}: no state of socket {socket}"
                        )
                        del left[socket]
                    else:
                        failures[socket] = causes.get(socket) or PlugRefusedError(
                            f"{self._transport.name}: socket {socket} does not obey"
                        )
        except PlugError as error:
            failures |= dict.fromkeys(left, error)
        return failures

    async def _look(self, orders: Mapping[int, bool]) -> Mapping[int, bool | None]:
        """Look until all is as ordered, or the last look shows otherwise."""
        states: Mapping[int, bool | None] = {}
        for pause_s in self.looks_after_s:
            if pause_s:
                await _pause(pause_s)
            states = await _twice(self._ask_states)
            if all(states.get(socket) is on for socket, on in orders.items()):
                break
        return states

    async def power_on_default(self, socket: int) -> PowerOnDefault | None:
        """Ask what a socket does when the mains come back; None: it does not tell."""
        self._require(socket)
        async with self._lock:
            return await _twice(lambda: self._ask_power_on_default(socket))

    async def set_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        """Choose what a socket does when the mains come back, and see it kept."""
        self._require(socket)
        if value is PowerOnDefault.OTHER:
            raise PlugRefusedError(f"{self._transport.name}: not a choice: {value}")
        async with self._lock:
            self._expect(await _twice(self._ask_serial))
            await self._order_power_on_default(socket, value)
            if await _twice(lambda: self._ask_power_on_default(socket)) is not value:
                raise PlugRefusedError(
                    f"{self._transport.name}: does not keep its power-on default"
                )

    def _require(self, socket: int) -> None:
        """Make sure that the device has this socket, to be switched."""
        if socket not in self._info.sockets:
            raise PlugRefusedError(f"{self._transport.name}: no socket {socket}")

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
    async def _ask_states(self) -> Mapping[int, bool | None]:
        """Ask which sockets are on."""

    @abstractmethod
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        """Send each order, once at most; return which of them failed, and why.

        What concerns the whole device is raised.
        """

    async def _ask_power_on_default(self, socket: int) -> PowerOnDefault | None:
        """Ask for the choice, where the dialect has it."""
        return None

    async def _order_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        """Send the choice, where the dialect has it."""
        raise PlugRefusedError(
            f"{self._transport.name}: has no such power-on default to set"
        )


async def _twice[T](ask: Callable[[], Awaitable[T]]) -> T:
    """Ask again, once, after no answer. Only for what changes nothing."""
    try:
        return await ask()
    except PlugUnreachableError:
        return await ask()


async def one_by_one(
    orders: Mapping[int, bool], order: Callable[[int, bool], Awaitable[None]]
) -> dict[int, PlugError]:
    """Send orders one after the other, and none after one without an answer."""
    failures: dict[int, PlugError] = {}
    for socket, on in orders.items():
        try:
            await order(socket, on)
        except (PlugRefusedError, PlugReplyError) as error:
            failures[socket] = error
        except PlugUnreachableError as error:
            failures[socket] = error
            break
    return failures
