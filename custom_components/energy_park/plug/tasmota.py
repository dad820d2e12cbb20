"""Tasmota over HTTP: one command a request, answered in JSON.

Source: the project's command reference, and its web server's source for the
check of the Referer header (closed by default since version 15.5).
"""

import asyncio
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
import re
from socket import AF_INET, SOCK_STREAM
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, PowerOnDefault, SocketReading
from .base import BasePlug, one_by_one
from .client import (
    Credentials,
    PlugAuthError,
    PlugClosedError,
    PlugError,
    PlugRefusedError,
    PlugReplyError,
)
from .transport import NoReplyError, Reply, Transport
from .values import items, mac, members, number, power_on_default, text

USER: Final = "admin"
_RESOLVE_TIMEOUT_S: Final = 2.0
_POWER: Final = re.compile(r"POWER(\d*)")
_STATES: Final = {"ON": True, "OFF": False}
_POWER_ON_STATES: Final = {
    PowerOnDefault.OFF: 0,
    PowerOnDefault.ON: 1,
    PowerOnDefault.LAST: 3,
}


class Console:
    """The command line of one device.

    The password travels in the query: no URL of this class is shown to anyone.
    """

    def __init__(self, transport: Transport, credentials: Credentials | None) -> None:
        self._transport = transport
        self._credentials = credentials
        self._referer: str | None = None

    def forget_address(self) -> None:
        """Look the name up again before the next command."""
        self._referer = None

    async def ask(self, command: str) -> Mapping[str, object]:
        """Return the answer to a command that changes nothing.

        Raises:
            PlugRefusedError: the device serves its pages but no commands.
            PlugError: as `send`.
        """
        try:
            return await self.send(command)
        except NoReplyError:
            # Gone, or closed to commands: its page tells.
            await self._transport.get("/", headers=await self._headers())
        try:
            return await self.send(command)
        except NoReplyError:
            raise self._closed() from None

    async def send(self, command: str, *, order: bool = False) -> Mapping[str, object]:
        """Send one command, once.

        Raises:
            PlugAuthError: the password is missing or wrong.
            PlugRefusedError: an empty answer or a page in place of JSON.
            PlugError: as `Transport.get`, or an answer that is no JSON object.
        """
        reply = await self._transport.get(
            "/cm",
            {"cmnd": command, **self._login()},
            headers=await self._headers(),
            order=order,
        )
        if self._wants_password(reply):
            fault = "wants a" if self._credentials is None else "wrong"
            raise PlugAuthError(f"{self._transport.name}: {fault} password")
        if reply.status == 200 and _is_closed(reply):
            raise self._closed()
        return self._transport.json_object(reply)

    def _login(self) -> dict[str, str]:
        if self._credentials is None:
            return {}
        return {
            "user": self._credentials.username or USER,
            "password": self._credentials.password,
        }

    def _wants_password(self, reply: Reply) -> bool:
        """Tell the warning, with status 401 or with 200 before version 8.3."""
        warning = text(members(reply.json()).get("WARNING")) or ""
        return "user=" in warning and "password=" in warning

    async def _headers(self) -> dict[str, str]:
        if self._referer is None:
            self._referer = f"http://{await _address(self._transport.host)}/"
        return {"Referer": self._referer}

    def _closed(self) -> PlugRefusedError:
        return PlugClosedError(
            f"{self._transport.name}: takes no commands over HTTP"
            " (SetOption128 1 opens it)"
        )


async def _address(host: str) -> str:
    """Return the IP address of a host, the host itself when nobody knows it.

    The device takes a Referer with its address or with its own host name.
    """
    try:
        ip_address(host)
    except ValueError:
        pass
    else:
        return host
    try:
        async with asyncio.timeout(_RESOLVE_TIMEOUT_S):
            found = await asyncio.get_running_loop().getaddrinfo(
                host, None, family=AF_INET, type=SOCK_STREAM
            )
    except OSError, UnicodeError:
        return host
    return str(found[0][4][0])


def _is_closed(reply: Reply) -> bool:
    """Tell an empty answer or a page, which stand in for a refusal."""
    return not reply.body.strip() or reply.body.lstrip().startswith(b"<")


class TasmotaPlug(BasePlug):
    """One Tasmota device; its sockets are numbered from 1."""

    dialect: ClassVar[str] = "tasmota"
    console: ClassVar[type[Console]] = Console

    def __init__(
        self, transport: Transport, info: PlugInfo, credentials: Credentials | None
    ) -> None:
        super().__init__(transport, info)
        self._console = self.console(transport, credentials)
        self._is_known = False

    @classmethod
    async def probe(
        cls, transport: Transport, credentials: Credentials | None
    ) -> PlugInfo | None:
        """Return what the device says it is, None if it is none of these."""
        try:
            status = await Console(transport, credentials).ask("Status 0")
        except PlugAuthError:
            if credentials is not None:
                raise
            return describe({}, needs_password=True)
        except PlugRefusedError:
            if await _shows_tasmota(transport):
                raise
            return None
        except PlugReplyError:
            return None
        info = describe(status)
        return info if info.serial and not is_openbeken(status) else None

    @override
    async def _ask_info(self) -> PlugInfo:
        status = await self._console.ask("Status 0")
        return describe(status, dialect=self.dialect)

    @override
    async def _ask_serial(self) -> str | None:
        status = await self._console.ask("Status 5")
        return mac(members(status.get("StatusNET")).get("Mac"))

    @override
    async def _ask_reading(self) -> PlugReading:
        # The answers below do not tell who gives them: asked for at first and
        # after each failure, as an address changes hands only in between.
        is_known, self._is_known = self._is_known, False
        if not is_known:
            self._console.forget_address()
            self._expect(await self._ask_serial())
        state = await self._console.ask("Status 11")
        measures = await self._ask_measures()
        self._is_known = True
        return self._read(state, measures)

    def _read(
        self, state: Mapping[str, object], measures: Mapping[str, object]
    ) -> PlugReading:
        return reading(state, measures, self._info.sockets)

    async def _ask_measures(self) -> Mapping[str, object]:
        for command in ("Status 8", "Status 10"):
            status = await self._console.ask(command)
            if "StatusSNS" in status:
                return status
        return {}

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        return states(await self._console.ask("Status 11"))

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        return await one_by_one(orders, self._set)

    async def _set(self, socket: int, on: bool) -> None:
        await self._console.send(f"Power{socket} {'On' if on else 'Off'}", order=True)

    @override
    async def _ask_power_on_default(self, socket: int) -> PowerOnDefault | None:
        """Ask for the one choice that all sockets share."""
        reply = await self._console.ask("PowerOnState")
        return power_on_default(reply.get("PowerOnState"), _POWER_ON_STATES)

    @override
    async def _order_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        await self._console.send(f"PowerOnState {_POWER_ON_STATES[value]}", order=True)


async def _shows_tasmota(transport: Transport) -> bool:
    """Tell a Tasmota by its page or by the name of its web server."""
    page = await transport.get("/")
    server = page.headers.get("Server", "")
    return "tasmota" in server.lower() or b"tasmota" in page.body.lower()


def is_openbeken(status: Mapping[str, object]) -> bool:
    """Tell the firmware that imitates this one, by the name it keeps for finders."""
    return members(status.get("StatusFWR")).get("SDK") == "obk"


def describe(
    status: Mapping[str, object],
    *,
    dialect: str = TasmotaPlug.dialect,
    needs_password: bool = False,
) -> PlugInfo:
    """Read ``Status 0``, which is every status in one."""
    device, firmware = members(status.get("Status")), members(status.get("StatusFWR"))
    names = items(device.get("FriendlyName")) or (device.get("FriendlyName"),)
    return PlugInfo(
        serial=mac(members(status.get("StatusNET")).get("Mac")) or "",
        dialect=dialect,
        model=text(firmware.get("Hardware")) or "Tasmota",
        firmware=text(firmware.get("Version")),
        name=text(device.get("DeviceName")) or text(names[0]),
        sockets=tuple(sorted(states(status))),
        needs_password=needs_password,
    )


def states(status: Mapping[str, object]) -> dict[int, bool | None]:
    """Read the relays of ``Status 11`` by number; a single one is ``POWER``.

    The relays of ``Status.Power`` are not read: version 14 changed their form.
    """
    return {
        int(match[1] or 1): _STATES.get((text(value) or "").upper())
        for key, value in members(status.get("StatusSTS")).items()
        if (match := _POWER.fullmatch(key))
    }


def reading(
    state: Mapping[str, object], measures: Mapping[str, object], sockets: Iterable[int]
) -> PlugReading:
    """Read ``Status 11`` and ``Status 8``."""
    energy = members(members(measures.get("StatusSNS")).get("ENERGY"))
    on = states(state)
    return PlugReading(
        sockets={
            socket: socket_reading(
                energy, sorted(on).index(socket), len(on), on[socket]
            )
            if socket in on
            else SocketReading()
            for socket in sockets
        }
    )


def socket_reading(
    energy: Mapping[str, object], index: int, count: int, on: bool | None
) -> SocketReading:
    """Read the measures of one socket, ``index`` of the device's ``count``.

    A value is an array where each socket has its own meter. One meter for
    several sockets says nothing of each, save for the voltage and frequency
    that they share.
    """

    def own(name: str) -> float | None:
        values = items(energy.get(name)) or (energy.get(name),)
        return number(values[index]) if len(values) == count else None

    def shared(name: str) -> float | None:
        value = energy.get(name)
        return own(name) if items(value) else number(value)

    total_kwh = own("Total")
    return SocketReading(
        on=on,
        power_w=own("Power"),
        current_a=own("Current"),
        # Zero is shown for an open relay whose voltage is not measured; the
        # device itself could not answer without voltage.
        voltage_v=shared("Voltage") or None,
        energy_wh=None if total_kwh is None else round(total_kwh * 1000, 3),
        power_factor=own("Factor"),
        apparent_power_va=own("ApparentPower"),
        reactive_power_var=own("ReactivePower"),
        frequency_hz=shared("Frequency") or None,
    )
