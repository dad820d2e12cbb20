"""Shelly of the first generation: REST with HTTP Basic.

Source: the vendor's Gen1 API pages.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, PowerOnDefault, SocketReading
from .base import BasePlug, one_by_one
from .client import Credentials, PlugAuthError, PlugError, PlugReplyError
from .shelly_rpc import ask_shelly
from .transport import Transport
from .values import items, mac, members, number, power_on_default, text

_USER: Final = "admin"
# The channels of a panel meter count from beyond all sockets.
FIRST_CHANNEL: Final = 100
_DEFAULT_STATES: Final = {
    PowerOnDefault.OFF: "off",
    PowerOnDefault.ON: "on",
    PowerOnDefault.LAST: "last",
}


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
        return reading(status, self._info.sockets, self._info.channels)

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        sockets = reading(await self._get("/status"), self._info.sockets).sockets
        return {number: socket.on for number, socket in sockets.items()}

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        return await one_by_one(orders, self._set)

    async def _set(self, socket: int, on: bool) -> None:
        await self._get(f"/relay/{socket}", order=True, turn="on" if on else "off")

    @override
    async def _ask_power_on_default(self, socket: int) -> PowerOnDefault | None:
        settings = await self._get(f"/settings/relay/{socket}")
        return power_on_default(settings.get("default_state"), _DEFAULT_STATES)

    @override
    async def _order_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        await self._get(
            f"/settings/relay/{socket}",
            order=True,
            default_state=_DEFAULT_STATES[value],
        )

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
    headers = {} if credentials is None else credentials.basic(_USER)
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
    """Read ``/shelly`` and ``/status``; relays that drive a shutter are no sockets."""
    relays = () if items(status.get("rollers")) else items(status.get("relays"))
    return PlugInfo(
        serial=mac(shelly.get("mac")) or "",
        dialect=ShellyGen1Plug.dialect,
        model=text(shelly.get("type")) or "Shelly",
        firmware=text(shelly.get("fw")),
        sockets=tuple(range(len(relays))),
        channels=tuple(
            range(FIRST_CHANNEL, FIRST_CHANNEL + len(items(status.get("emeters"))))
        ),
        needs_password=needs_password,
    )


def reading(
    status: Mapping[str, object],
    sockets: Iterable[int],
    channels: Iterable[int] = (),
) -> PlugReading:
    """Read ``/status``.

    A meter belongs to a socket only if there is one for each: a Shelly 2 has
    two relays behind one meter.
    """
    relays, meters = items(status.get("relays")), items(status.get("meters"))
    emeters = items(status.get("emeters"))
    if len(meters) != len(relays):
        meters = ()
    return PlugReading(
        sockets={n: socket_reading(_item(relays, n), _item(meters, n)) for n in sockets}
        | {n: channel_reading(_item(emeters, n - FIRST_CHANNEL)) for n in channels}
    )


def _item(values: Sequence[object], index: int) -> object:
    return values[index] if 0 <= index < len(values) else None


def channel_reading(emeter: object) -> SocketReading:
    """Read one channel of a Shelly EM or 3EM. Its total is in watt-hours."""
    values = members(emeter)
    if values.get("is_valid") is False:
        return SocketReading()
    return SocketReading(
        power_w=number(values.get("power")),
        current_a=number(values.get("current")),
        voltage_v=number(values.get("voltage")),
        energy_wh=number(values.get("total")),
        power_factor=number(values.get("pf")),
        reactive_power_var=number(values.get("reactive")),
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
