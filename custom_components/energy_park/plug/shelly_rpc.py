"""Shelly of the second generation and later: RPC over HTTP.

Source: the vendor's Gen2 API pages; the digest rules of firmware 2.0 from its
change log and the reports of other integrations.
"""

from asyncio import sleep as _pause
from collections.abc import Iterable, Mapping
import json
import re
from typing import ClassVar, Final, override

from aiohttp import DigestAuthMiddleware

from ..model import PlugInfo, PlugReading, PowerOnDefault, SocketReading
from .base import BasePlug, one_by_one
from .client import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugError,
    PlugRefusedError,
    PlugReplyError,
)
from .shelly_em import channel_reading, channels
from .transport import Reply, Transport
from .values import mac, members, number, power_on_default, text

# The device knows no other user.
_USER: Final = "admin"
# With all its nonces given out, the device refuses new ones for two seconds.
THROTTLE_S: Final = 2.2
_STALE: Final = re.compile(r'\bstale\s*=\s*"?true', re.IGNORECASE)
_SWITCH: Final = re.compile(r"switch:(\d+)")
_INITIAL_STATES: Final = {
    PowerOnDefault.OFF: "off",
    PowerOnDefault.ON: "on",
    PowerOnDefault.LAST: "restore_last",
}


class Rpc:
    """Calls to one device, authenticated when it asks for it.

    Firmware 2.0 counts the use of each nonce and keeps 32 of them, so one is
    used again for call after call. A nonce that was refused is never sent
    again, and neither a stale nonce nor a throttled call says anything about
    the password: only two refusals of fresh nonces do.
    """

    def __init__(self, transport: Transport, password: str | None) -> None:
        self._transport = transport
        self._password = password
        self._digest = self._new_digest()

    def _new_digest(self) -> DigestAuthMiddleware | None:
        if self._password is None:
            return None
        return DigestAuthMiddleware(_USER, self._password)

    async def call(
        self, method: str, *, order: bool = False, **params: str
    ) -> Mapping[str, object]:
        """Return the result of one method.

        A call that was throttled or had no valid nonce was not carried out;
        it is sent once more.

        Raises:
            PlugError: of every kind but identity.
        """
        name = self._transport.name
        rejected = 0
        for pause_s in (THROTTLE_S, 0.0):
            reply = await self._transport.get(
                f"/rpc/{method}", params, auth=self._digest, order=order
            )
            if reply.status not in {401, 429}:
                return self._result(method, reply)
            if reply.status == 401 and self._digest is None:
                raise PlugAuthError(f"{name}: wants a password")
            self._digest = self._new_digest()
            if reply.status == 429:
                await _pause(pause_s)
            elif not _STALE.search(reply.headers.get("WWW-Authenticate", "")):
                rejected += 1
        if rejected == 2:
            raise PlugAuthError(f"{name}: wrong password")
        raise PlugBusyError(f"{name}: gives no access for now")

    def _result(self, method: str, reply: Reply) -> Mapping[str, object]:
        code = number(members(reply.json()).get("code"))
        if reply.status in {400, 404, 500} and code is not None:
            raise PlugRefusedError(
                f"{self._transport.name}: refuses {method} (code {code:g})"
            )
        return self._transport.json_object(reply)


class ShellyRpcPlug(BasePlug):
    """One Shelly device, a power strip included: one question for all sockets."""

    dialect: ClassVar = "shelly_rpc"

    def __init__(
        self, transport: Transport, info: PlugInfo, credentials: Credentials | None
    ) -> None:
        super().__init__(transport, info)
        self._rpc = Rpc(transport, credentials.password if credentials else None)

    @classmethod
    async def probe(
        cls, transport: Transport, credentials: Credentials | None
    ) -> PlugInfo | None:
        """Return what the device says it is, None if it is none of these."""
        try:
            shelly = await ask_shelly(transport)
        except PlugReplyError:
            return None
        if (number(shelly.get("gen")) or 0) < 2 or mac(shelly.get("mac")) is None:
            return None
        if shelly.get("auth_en") is True and credentials is None:
            return describe(shelly, {}, needs_password=True)
        rpc = Rpc(transport, credentials.password if credentials else None)
        return describe(shelly, await rpc.call("Shelly.GetStatus"))

    @override
    async def _ask_info(self) -> PlugInfo:
        shelly = await ask_shelly(self._transport)
        return describe(shelly, await self._rpc.call("Shelly.GetStatus"))

    @override
    async def _ask_serial(self) -> str | None:
        return mac((await ask_shelly(self._transport)).get("mac"))

    @override
    async def _ask_reading(self) -> PlugReading:
        status = await self._rpc.call("Shelly.GetStatus")
        self._expect(mac(members(status.get("sys")).get("mac")))
        return reading(status, self._info.sockets, self._info.channels)

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        status = await self._rpc.call("Shelly.GetStatus")
        sockets = reading(status, self._info.sockets).sockets
        return {number: socket.on for number, socket in sockets.items()}

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        return await one_by_one(orders, self._set)

    async def _set(self, socket: int, on: bool) -> None:
        await self._rpc.call(
            "Switch.Set",
            order=True,
            id=str(socket),
            on="true" if on else "false",
        )

    @override
    async def _ask_power_on_default(self, socket: int) -> PowerOnDefault | None:
        config = await self._rpc.call("Switch.GetConfig", id=str(socket))
        return power_on_default(config.get("initial_state"), _INITIAL_STATES)

    @override
    async def _order_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        config = {"initial_state": _INITIAL_STATES[value]}
        await self._rpc.call(
            "Switch.SetConfig", order=True, id=str(socket), config=json.dumps(config)
        )


async def ask_shelly(transport: Transport) -> Mapping[str, object]:
    """Return what a Shelly of any generation tells of itself, without a password."""
    return transport.json_object(await transport.get("/shelly"))


def describe(
    shelly: Mapping[str, object],
    status: Mapping[str, object],
    *,
    needs_password: bool = False,
) -> PlugInfo:
    """Read ``/shelly`` and ``Shelly.GetStatus``."""
    return PlugInfo(
        serial=mac(shelly.get("mac")) or "",
        dialect=ShellyRpcPlug.dialect,
        model=text(shelly.get("model")) or text(shelly.get("app")) or "Shelly",
        firmware=text(shelly.get("ver")),
        name=text(shelly.get("name")),
        sockets=tuple(
            sorted(int(match[1]) for key in status if (match := _SWITCH.fullmatch(key)))
        ),
        channels=channels(status),
        needs_password=needs_password,
    )


def reading(
    status: Mapping[str, object],
    sockets: Iterable[int],
    panel_channels: Iterable[int] = (),
) -> PlugReading:
    """Read ``Shelly.GetStatus``."""
    return PlugReading(
        sockets={n: socket_reading(status.get(f"switch:{n}")) for n in sockets}
        | {n: channel_reading(status, n) for n in panel_channels}
    )


def socket_reading(component: object) -> SocketReading:
    """Read the status of one switch component.

    Which values there are depends on the model: a Plus Plug S has no power
    factor, a Plus 1 measures nothing.
    """
    switch = members(component)
    on = switch.get("output")
    return SocketReading(
        on=on if isinstance(on, bool) else None,
        power_w=number(switch.get("apower")),
        current_a=number(switch.get("current")),
        voltage_v=number(switch.get("voltage")),
        energy_wh=_energy_drawn_wh(switch),
        power_factor=number(switch.get("pf")),
        frequency_hz=number(switch.get("freq")),
    )


def _energy_drawn_wh(switch: Mapping[str, object]) -> float | None:
    """Return the energy drawn: the total contains what was fed back."""
    total = number(members(switch.get("aenergy")).get("total"))
    if total is None or "ret_aenergy" not in switch:
        return total
    returned = number(members(switch["ret_aenergy"]).get("total"))
    if returned is None or returned > total:
        return None
    return round(total - returned, 3)
