"""Shelly of the first generation: REST with HTTP Basic.

Source: the vendor's Gen1 API pages.
"""

from base64 import b64encode
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, SocketReading
from .base import BasePlug
from .client import Credentials, PlugAuthError, PlugReplyError
from .shelly_rpc import ask_shelly
from .transport import Transport
from .values import items, mac, members, number, text

_USER: Final = "admin"


class ShellyGen1Plug(BasePlug):
    """One Shelly device of the first generation."""

    dialect: ClassVar = "shelly_gen1"

    def __init__(
        self, transport: Transport, info: PlugInfo, credentials: Credentials | None
    ) -> None:
        super().__init__(transport, info)
        self._credentials = credentials

    @classmethod
    async def probe(
        cls, transport: Transport, credentials: Credentials | None
    ) -> PlugInfo | None:
        """Return what the device says it is, None if it is none of these."""
        try:
            shelly = await ask_shelly(transport)
        except PlugReplyError:
            return None
        if text(shelly.get("type")) is None or mac(shelly.get("mac")) is None:
            return None
        if shelly.get("auth") is True and credentials is None:
            return describe(shelly, {}, needs_password=True)
        return describe(shelly, await _get(transport, credentials, "/status"))

    @override
    async def _ask_info(self) -> PlugInfo:
        return describe(await ask_shelly(self._transport), await self._get("/status"))

    @override
    async def _ask_serial(self) -> str | None:
        return mac((await ask_shelly(self._transport)).get("mac"))

    @override
    async def _ask_reading(self) -> PlugReading:
        status = await self._get("/status")
        self._expect(mac(status.get("mac")))
        return reading(status, self._info.sockets)

    @override
    async def _ask_state(self, socket: int) -> bool:
        on = (await self._get(f"/relay/{socket}")).get("ison")
        if not isinstance(on, bool):
            raise PlugReplyError(f"{self._transport.name}: no state of socket {socket}")
        return on

    @override
    async def _order(self, socket: int, on: bool) -> None:
        await self._get(f"/relay/{socket}", order=True, turn="on" if on else "off")

    async def _get(
        self, path: str, *, order: bool = False, **query: str
    ) -> Mapping[str, object]:
        return await _get(
            self._transport, self._credentials, path, order=order, **query
        )


async def _get(
    transport: Transport,
    credentials: Credentials | None,
    path: str,
    *,
    order: bool = False,
    **query: str,
) -> Mapping[str, object]:
    headers = {}
    if credentials is not None:
        pair = f"{credentials.username or _USER}:{credentials.password}"
        headers["Authorization"] = f"Basic {b64encode(pair.encode()).decode()}"
    reply = await transport.get(path, query, headers=headers, order=order)
    if reply.status == 401:
        fault = "wants a password" if credentials is None else "wrong password"
        raise PlugAuthError(f"{transport.name}: {fault}")
    return transport.json_object(reply)


def describe(
    shelly: Mapping[str, object],
    status: Mapping[str, object],
    *,
    needs_password: bool = False,
) -> PlugInfo:
    """Read ``/shelly`` and ``/status``."""
    return PlugInfo(
        serial=mac(shelly.get("mac")) or "",
        dialect=ShellyGen1Plug.dialect,
        model=text(shelly.get("type")) or "Shelly",
        firmware=text(shelly.get("fw")),
        sockets=tuple(range(len(items(status.get("relays"))))),
        needs_password=needs_password,
    )


def reading(status: Mapping[str, object], sockets: Iterable[int]) -> PlugReading:
    """Read ``/status``.

    A meter belongs to a socket only if there is one for each: a Shelly 2 has
    two relays behind one meter.
    """
    relays, meters = items(status.get("relays")), items(status.get("meters"))
    if len(meters) != len(relays):
        meters = ()
    return PlugReading(
        sockets={
            n: socket_reading(
                relays[n] if n < len(relays) else None,
                meters[n] if n < len(meters) else None,
            )
            for n in sockets
        }
    )


def socket_reading(relay: object, meter: object) -> SocketReading:
    """Read one relay and its meter.

    The total is in watt-minutes. A meter that counts nothing is none: the
    power that a Shelly 1 shows is one that its owner typed in.
    """
    on = members(relay).get("ison")
    values = members(meter)
    power_w, total_wmin = number(values.get("power")), number(values.get("total"))
    if values.get("is_valid") is False or total_wmin is None:
        power_w = total_wmin = None
    return SocketReading(
        on=on if isinstance(on, bool) else None,
        power_w=power_w,
        energy_wh=None if total_wmin is None else round(total_wmin / 60, 3),
    )
