"""What all emulated plugs share: an HTTP server, their sockets and their faults."""

from abc import ABC, abstractmethod
import asyncio
import base64
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from enum import StrEnum
from http import HTTPStatus
from ssl import SSLContext
from typing import Any, ClassVar, Self

from aiohttp import web

from .mains import Mains
from .outlet import Outlet

type Json = dict[str, Any]


class PlugFault(StrEnum):
    """What can go wrong with a plug.

    ``stale_nonce``, ``reset_counter`` and ``restart`` happen once; the others stand
    until they are cleared, or for ``times`` requests.
    """

    SLOW = "slow"
    """Requests are heard ``delay_s`` late (default 5)."""
    LATE = "late"
    """Requests are carried out at once and answered ``delay_s`` late (default 5)."""
    LOSE = "lose"
    """Requests are carried out and the connection ends without an answer."""
    TOO_MANY_REQUESTS = "429"
    SERVER_ERROR = "500"
    GARBAGE = "garbage"
    """A web page of something else answers."""
    STALE_NONCE = "stale_nonce"
    """The device forgets the nonces it gave."""
    RESET_COUNTER = "reset_counter"
    """Energy counters start again from zero."""
    RESTART = "restart"
    """The mains were gone: relays take their power-on default, memory is lost."""
    VANISH = "vanish"
    """Connections are refused."""
    REFUSE = "refuse"
    """Orders are taken and the relay stays where it is."""
    WRONG_MAC = "wrong_mac"
    """Another device took the address (``mac``, default 02...)."""


class EmulatedPlug(ABC):
    """A networked plug that answers over HTTP as its firmware does.

    Use it as an asynchronous context manager: it listens inside. ``sockets`` is
    a number of sockets, each with a 60 W load, or the outlets themselves.
    ``requests`` counts what was asked, by path. ``power_on`` is what each socket
    does when the mains come back: off, on, last, or what else the firmware knows.
    With ``tls`` it talks https.
    """

    dialect: ClassVar[str]
    first_number: ClassVar[int] = 0
    username: ClassVar[str] = "admin"
    # Small web servers serve one connection after the other.
    single_threaded: ClassVar[bool] = False
    # Counters that are not saved begin again after each restart.
    keeps_counters: ClassVar[bool] = True

    def __init__(
        self,
        *,
        mac: str = "a8032ab1c2d3",
        sockets: int | Sequence[Outlet] = 1,
        name: str = "",
        password: str | None = None,
        mains: Mains | None = None,
        port: int = 0,
        power_on: str = "last",
        tls: SSLContext | None = None,
    ) -> None:
        self.mains = mains or Mains()
        self.true_mac = mac.lower()
        self.name = name
        self.password = password
        if isinstance(sockets, int):
            sockets = [
                Outlet(self.mains, number)
                for number in range(self.first_number, self.first_number + sockets)
            ]
        self.sockets = {outlet.number: outlet for outlet in sockets}
        self.power_on = dict.fromkeys(self.sockets, power_on)
        self.requests: Counter[str] = Counter()
        self.port = port
        self.started_at = self.mains.now()
        self._tls = tls
        self._thread = asyncio.Lock()
        self._faults: dict[PlugFault, Json] = {}
        self._protocol: web.Server | None = None
        self._listener: asyncio.Server | None = None

    @property
    def host(self) -> str:
        """Return address and port to reach the plug."""
        address = f"127.0.0.1:{self.port}"
        return f"https://{address}" if self._tls else address

    @property
    def mac(self) -> str:
        """Return the MAC address that the device at this address shows."""
        wrong = self._faults.get(PlugFault.WRONG_MAC)
        return self.true_mac if wrong is None else wrong.get("mac", "02005e100001")

    @property
    def settings(self) -> Json | None:
        """Return how its owner describes it, where nobody else knows its dialect."""
        return None

    @property
    def faults(self) -> list[str]:
        """Return the standing faults."""
        return [str(fault) for fault in self._faults]

    @property
    def uptime_s(self) -> int:
        """Return the seconds since the device started."""
        return int(self.mains.now() - self.started_at)

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening and close every connection."""
        await self._vanish()

    async def fault(self, fault: PlugFault | str, **options: Any) -> None:
        """Bring up a fault; ``times`` limits it to that many requests."""
        fault = PlugFault(fault)
        match fault:
            case PlugFault.STALE_NONCE:
                self.forget_nonces()
                return
            case PlugFault.RESET_COUNTER:
                for outlet in self.sockets.values():
                    outlet.energy_wh = 0
                self.started_at = self.mains.now()
                return
            case PlugFault.RESTART:
                self.restart()
                return
            case PlugFault.VANISH:
                await self._vanish()
        self._faults[fault] = options

    async def clear(self) -> None:
        """End every fault."""
        self._faults.clear()
        if self._listener is None:
            await self._listen()

    def forget_nonces(self) -> None:
        """Forget the authentication challenges given so far."""

    def restart(self) -> None:
        """Start as after a power cut."""
        self.started_at = self.mains.now()
        self.forget_nonces()
        for outlet in self.sockets.values():
            default = self.power_on[outlet.number]
            if default in {"off", "on"}:
                outlet.switch(default == "on", source="init")
            if not self.keeps_counters:
                outlet.energy_wh = 0

    def switch(self, outlet: Outlet, on: bool, *, revert_s: float = 0) -> None:
        """Carry out an order that came over HTTP, unless the plug refuses."""
        if PlugFault.REFUSE not in self._faults:
            outlet.switch(on, revert_s=revert_s)

    @abstractmethod
    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request as the firmware does."""

    async def _listen(self) -> None:
        self._protocol = web.Server(self._serve, access_log=None)
        self._listener = await asyncio.get_running_loop().create_server(
            self._protocol, "127.0.0.1", self.port, ssl=self._tls
        )
        # A plug that vanishes comes back at the same address.
        self.port = self._listener.sockets[0].getsockname()[1]

    async def _vanish(self) -> None:
        if self._listener is None or self._protocol is None:
            return
        # A connection that was just accepted is set up before the listener is gone.
        for socket in self._listener.sockets:
            asyncio.get_running_loop().remove_reader(socket.fileno())
        await asyncio.sleep(0)
        self._listener.close()
        self._listener = None
        self._protocol.pre_shutdown()
        await self._protocol.shutdown(timeout=0.05)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests[request.path] += 1
        async with AsyncExitStack() as turn:
            if self.single_threaded:
                await turn.enter_async_context(self._thread)
            if (slow := self._struck_by(PlugFault.SLOW)) is not None:
                await asyncio.sleep(slow.get("delay_s", 5))
            response = self._wrong_answer() or await self.answer(request)
            if (late := self._struck_by(PlugFault.LATE)) is not None:
                await asyncio.sleep(late.get("delay_s", 5))
        if self._struck_by(PlugFault.LOSE) is not None:
            hang_up(request)
        return response

    def _wrong_answer(self) -> web.Response | None:
        """Return what a fault answers in place of the firmware."""
        if self._struck_by(PlugFault.TOO_MANY_REQUESTS) is not None:
            return web.Response(status=HTTPStatus.TOO_MANY_REQUESTS)
        if self._struck_by(PlugFault.SERVER_ERROR) is not None:
            return web.Response(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        if self._struck_by(PlugFault.GARBAGE) is not None:
            return web.Response(
                text="<html><title>Printer</title>Toner low</html>",
                content_type="text/html",
            )
        return None

    def _struck_by(self, fault: PlugFault) -> Json | None:
        """Return the options of a standing fault and count down its requests."""
        options = self._faults.get(fault)
        if options is not None and "times" in options:
            options["times"] -= 1
            if options["times"] <= 0:
                del self._faults[fault]
        return options


def basic(username: str, password: str) -> str:
    """Return the Authorization header of HTTP Basic."""
    secret = base64.b64encode(f"{username}:{password}".encode()).decode()
    return f"Basic {secret}"


def hang_up(request: web.BaseRequest) -> web.Response:
    """End the connection without an answer."""
    if request.transport is not None:
        request.transport.close()
    return web.Response()
