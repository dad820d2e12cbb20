"""A plug that its owner described: every request and every value is a setting."""

from collections.abc import Mapping
from dataclasses import replace
import json
import re
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, SocketReading
from .base import BasePlug, one_by_one
from .client import Credentials, PlugAuthError, PlugBusyError, PlugError, PlugReplyError
from .json_path import find
from .rest_settings import (
    SOCKET,
    RestAuth,
    RestMeasure,
    RestRequest,
    RestSettings,
    RestSocket,
)
from .transport import Reply, Transport
from .values import mac, members, number

DIALECT: Final = "rest"

_STATES: Final[Mapping[object, bool]] = {
    "on": True,
    "true": True,
    "1": True,
    "off": False,
    "false": False,
    "0": False,
}
_NUMBER: Final = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


class RestDevice:
    """Requests to one device, and the meaning of its answers."""

    def __init__(
        self,
        transport: Transport,
        settings: RestSettings,
        credentials: Credentials | None,
    ) -> None:
        self.settings = settings
        self.transport = transport
        self._credentials = credentials

    async def send(
        self, request: RestRequest, socket: int | None = None, *, order: bool = False
    ) -> object:
        """Send one request and return its answer: JSON, or a text that is none.

        Raises:
            PlugAuthError: the device does not know who asks.
            PlugError: as `Transport.request`, or a status that is no success.
        """
        reply = await self.transport.request(
            request.method,
            _of_socket(request.path, socket),
            headers=self._headers(request),
            body=None
            if request.body is None
            else _of_socket(request.body, socket).encode(),
            order=order,
        )
        if reply.status in {401, 403}:
            fault = "wants credentials" if self._credentials is None else "refuses them"
            raise PlugAuthError(f"{self.transport.name}: {fault}")
        if reply.status in {429, 503}:
            raise PlugBusyError(
                f"{self.transport.name}: busy (HTTP status {reply.status})"
            )
        if not 200 <= reply.status < 300:
            raise PlugReplyError(f"{self.transport.name}: HTTP status {reply.status}")
        return _document(reply)

    def _headers(self, request: RestRequest) -> dict[str, str]:
        headers = dict(request.headers)
        if request.body is not None and not any(
            name.lower() == "content-type" for name in headers
        ):
            headers["Content-Type"] = "application/json"
        if self._credentials is None:
            return headers
        match self.settings.auth:
            case RestAuth.BASIC:
                headers |= self._credentials.basic("")
            case RestAuth.BEARER:
                headers["Authorization"] = f"Bearer {self._credentials.password}"
        return headers

    async def ask(self, request: RestRequest) -> dict[int, object]:
        """Return the answer to a question by socket: one for all, or one for each."""
        if not request.of_one_socket:
            answer = await self.send(request)
            return {socket.number: answer for socket in self.settings.sockets}
        return {
            socket.number: await self.send(request, socket.number)
            for socket in self.settings.sockets
        }

    def serial(self, answer: object) -> str | None:
        """Return who gives an answer: a MAC address, or a text or number as it is."""
        if self.settings.serial is None:
            return None
        value = find(answer, self.settings.serial)
        if isinstance(value, bool) or not isinstance(value, str | int):
            return None
        return mac(value) or str(value) or None

    def state(self, socket: RestSocket, answer: object) -> bool | None:
        """Return whether an answer shows a socket on."""
        value = find(answer, socket.state)
        if len(members(value)) == 1:
            # As {"state": 1}: the place itself tells what it is.
            (value,) = members(value).values()
        word = str(value).strip().lower() if isinstance(value, str | int) else None
        if self.settings.state_on is None or self.settings.state_off is None:
            return _STATES.get(word)
        return {
            self.settings.state_on.lower(): True,
            self.settings.state_off.lower(): False,
        }.get(word or "")

    def reading(self, socket: RestSocket, answer: object) -> SocketReading:
        """Read the state and the measures of one socket."""
        return SocketReading(
            on=self.state(socket, answer),
            power_w=_measure(answer, socket.power_w),
            current_a=_measure(answer, socket.current_a),
            voltage_v=_measure(answer, socket.voltage_v),
            energy_wh=_measure(answer, socket.energy_wh),
            power_factor=_measure(answer, socket.power_factor),
        )


class RestPlug(BasePlug):
    """A plug that is set on and off."""

    dialect: ClassVar[str] = DIALECT

    def __init__(self, device: RestDevice, info: PlugInfo) -> None:
        super().__init__(device.transport, info)
        self._device = device

    @override
    async def _ask_info(self) -> PlugInfo:
        info = describe(self._device, await self._ask())
        return info if info.serial else replace(info, serial=self._info.serial)

    @override
    async def _ask_serial(self) -> str | None:
        if self._device.settings.serial is None:
            return self._info.serial
        return serial(self._device, await self._ask())

    @override
    async def _ask_reading(self) -> PlugReading:
        answers = await self._ask()
        if self._device.settings.serial is not None:
            self._expect(serial(self._device, answers))
        return reading(self._device, answers)

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        sockets = reading(self._device, await self._ask()).sockets
        return {number: socket.on for number, socket in sockets.items()}

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        return await one_by_one(orders, self._set)

    async def _set(self, socket: int, on: bool) -> None:
        settings = self._device.settings
        request = settings.on if on else settings.off
        assert request is not None
        await self._device.send(request, socket, order=True)

    async def _ask(self) -> Mapping[int, object]:
        assert self._device.settings.read is not None
        return await self._device.ask(self._device.settings.read)


def serial(device: RestDevice, answers: Mapping[int, object]) -> str | None:
    """Return who gives the answers."""
    return next(filter(None, map(device.serial, answers.values())), None)


def describe(device: RestDevice, answers: Mapping[int, object]) -> PlugInfo:
    """Return what can be said of the device; without a place for it no serial."""
    return PlugInfo(
        serial=serial(device, answers) or "",
        dialect=DIALECT,
        model="REST",
        sockets=tuple(socket.number for socket in device.settings.sockets),
    )


def reading(device: RestDevice, answers: Mapping[int, object]) -> PlugReading:
    """Read the answers to the question for states and measures."""
    return PlugReading(
        sockets={
            socket.number: device.reading(socket, answers.get(socket.number))
            for socket in device.settings.sockets
        }
    )


def _of_socket(text: str, socket: int | None) -> str:
    return text if socket is None else text.replace(SOCKET, str(socket))


def _document(reply: Reply) -> object:
    try:
        document: object = json.loads(reply.body)
    except ValueError, RecursionError:
        return reply.body.decode(errors="replace").strip()
    return document


def _measure(answer: object, measure: RestMeasure | None) -> float | None:
    """Return a measure in its unit; a text that is a number is one here."""
    if measure is None:
        return None
    value = find(answer, measure.path)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = float(value)
    found = number(value)
    return None if found is None else number(round(found * measure.factor, 9))
