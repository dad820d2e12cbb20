"""A plug that only toggles: its state is learnt from its answers, never guessed."""

from collections.abc import Mapping
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, SocketReading
from .base import BasePlug, one_by_one
from .client import PlugError, PlugIdentityError, PlugRefusedError, PlugUnreachableError
from .rest import DIALECT, RestDevice, reading, serial
from .transport import NoReplyError

# Leads to nothing on a device that hangs up, and to a page on others.
_HARMLESS_PATH: Final = "/"


class TogglePlug(BasePlug):
    """A plug that only toggles.

    A socket is toggled where it is known, by the device's own word, to be other than
    wanted, and once where nothing is known: one that was as wanted already is then
    off, or on, for as long as it takes to toggle it back. A toggle whose answer is
    lost is not sent again: the state is unknown until the next order.

    A device that was out of reach may have restarted: none of its states is known
    then. Where states cannot be read, a socket whose state an answer leaves out is
    not toggled any more, and a device with another serial learns it too late: by its
    first answer.
    """

    dialect: ClassVar[str] = DIALECT

    def __init__(self, device: RestDevice, info: PlugInfo) -> None:
        super().__init__(device.transport, info)
        self._device = device
        self._settings = device.settings
        self._sockets = {socket.number: socket for socket in device.settings.sockets}
        self._states: dict[int, bool] = {}
        self._stranger: str | None = None
        # Sockets whose toggle was answered without their state, and what they
        # should be: only that very state, once read, tells anything.
        self._doubtful: dict[int, bool] = {}
        self._mute: set[int] = set()

    @override
    async def _ask_info(self) -> PlugInfo:
        await self._look_at_device()
        return self._info

    @override
    async def _ask_serial(self) -> str | None:
        await self._look_at_device()
        return self._stranger or self._info.serial

    @override
    async def _ask_reading(self) -> PlugReading:
        if (answers := await self._look_at_device()) is not None:
            return reading(self._device, answers)
        return PlugReading(
            sockets={n: SocketReading(on=self._states.get(n)) for n in self._sockets}
        )

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        if self._settings.read is not None:
            await self._look_at_device()
        return {
            number: state
            for number, state in self._states.items()
            if self._doubtful.get(number, state) is state
        }

    async def _look_at_device(self) -> Mapping[int, object] | None:
        """See that the device is there and, where it tells them, its states."""
        try:
            if self._settings.read is None:
                await self._knock()
                return None
            answers = await self._device.ask(self._settings.read)
        except PlugUnreachableError:
            self._states.clear()
            raise
        if self._settings.serial is not None:
            self._expect(serial(self._device, answers))
        self._learn(answers)
        return answers

    async def _knock(self) -> None:
        try:
            await self._transport.get(_HARMLESS_PATH)
        except NoReplyError:
            return
        if self._settings.hangs_up:
            raise PlugIdentityError(
                f"{self._transport.name}: another device answers there"
            )

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        self._doubtful.clear()
        return await one_by_one(orders, self._toggle)

    async def _toggle(self, socket: int, on: bool) -> None:
        """Toggle a socket, once, unless it is as wanted."""
        if self._states.pop(socket, None) is on:
            self._states[socket] = on
            return
        if socket in self._mute:
            raise PlugRefusedError(
                f"{self._transport.name}: does not tell the state of socket {socket}"
            )
        assert self._settings.toggle is not None
        self._doubtful[socket] = on
        try:
            answer = await self._device.send(self._settings.toggle, socket, order=True)
        except PlugUnreachableError:
            self._states.clear()
            raise
        if self._settings.serial is not None:
            self._make_sure(self._device.serial(answer))
        if self._device.state(self._sockets[socket], answer) is not None:
            del self._doubtful[socket]
            read = self._settings.read
            own = read is not None and read.of_one_socket
            self._learn(dict.fromkeys([socket] if own else self._sockets, answer))
        elif self._settings.read is None:
            self._mute.add(socket)

    def _make_sure(self, found: str | None) -> None:
        """Toggle nothing more where another device took the address."""
        if found != self._info.serial and found is not None:
            self._stranger = found
            self._states.clear()
        self._expect(found)

    def _learn(self, answers: Mapping[int, object]) -> None:
        for number, answer in answers.items():
            state = self._device.state(self._sockets[number], answer)
            if state is None:
                self._states.pop(number, None)
            else:
                self._states[number] = state
