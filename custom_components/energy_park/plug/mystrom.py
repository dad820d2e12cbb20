"""myStrom switches: a report, a relay, and a token where the owner set one.

Source: the vendor's REST API pages (Switch); the Switch Zero's report without
measures from the reports of its users.
"""

from collections.abc import Mapping
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, SocketReading
from .base import BasePlug, one_by_one
from .client import Credentials, PlugAuthError, PlugError, PlugReplyError
from .transport import Reply, Transport
from .values import mac, number, text

SOCKET: Final = 0
# The second is of old firmware.
_INFO_PATHS: Final = ("/api/v1/info", "/info.json")


class MyStromPlug(BasePlug):
    """One myStrom switch. The token stands in for a password."""

    dialect: ClassVar[str] = "mystrom"

    def __init__(
        self, transport: Transport, info: PlugInfo, credentials: Credentials | None
    ) -> None:
        super().__init__(transport, info)
        self._credentials = credentials
        self._is_known = False

    @classmethod
    async def probe(
        cls, transport: Transport, credentials: Credentials | None
    ) -> PlugInfo | None:
        """Return what the device says it is, None if it is none of these."""
        try:
            info = await _ask_info(transport, credentials)
        except PlugReplyError:
            return None
        if mac(info.get("mac")) is None or "type" not in info:
            return None
        try:
            report = await _get(transport, credentials, "/report")
        except PlugAuthError:
            if credentials is not None:
                raise
            return describe(info, {}, needs_password=True)
        except PlugReplyError:
            # A bulb or a button, which have no report.
            return None
        return describe(info, report)

    @override
    async def _ask_info(self) -> PlugInfo:
        return describe(
            await _ask_info(self._transport, self._credentials), await self._report()
        )

    @override
    async def _ask_serial(self) -> str | None:
        info = await _ask_info(self._transport, self._credentials)
        return mac(info.get("mac"))

    @override
    async def _ask_reading(self) -> PlugReading:
        # A report does not tell whose it is: asked for at first and after each
        # failure, as an address changes hands only in between.
        is_known, self._is_known = self._is_known, False
        if not is_known:
            self._expect(await self._ask_serial())
        sockets = {SOCKET: socket_reading(await self._report())}
        self._is_known = True
        return PlugReading(sockets=sockets)

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        return {SOCKET: socket_reading(await self._report()).on}

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        return await one_by_one(orders, self._set)

    async def _set(self, socket: int, on: bool) -> None:
        reply = await self._transport.get(
            "/relay",
            {"state": str(int(on))},
            headers=_token(self._credentials),
            order=True,
        )
        _check(self._transport, self._credentials, reply)
        self._transport.accept(reply)

    async def _report(self) -> Mapping[str, object]:
        return await _get(self._transport, self._credentials, "/report")


async def _ask_info(
    transport: Transport, credentials: Credentials | None
) -> Mapping[str, object]:
    for path in _INFO_PATHS:
        reply = await transport.get(path, headers=_token(credentials))
        if reply.status != 404:
            break
    return transport.json_object(reply)


async def _get(
    transport: Transport, credentials: Credentials | None, path: str
) -> Mapping[str, object]:
    reply = await transport.get(path, headers=_token(credentials))
    _check(transport, credentials, reply)
    return transport.json_object(reply)


def _check(transport: Transport, credentials: Credentials | None, reply: Reply) -> None:
    if reply.status in {401, 403}:
        fault = "wants a token" if credentials is None else "wrong token"
        raise PlugAuthError(f"{transport.name}: {fault}")


def _token(credentials: Credentials | None) -> dict[str, str]:
    return {} if credentials is None else {"Token": credentials.password}


def describe(
    info: Mapping[str, object],
    report: Mapping[str, object],
    *,
    needs_password: bool = False,
) -> PlugInfo:
    """Read ``/api/v1/info`` and ``/report``."""
    kind = info.get("type")
    return PlugInfo(
        serial=mac(info.get("mac")) or "",
        dialect=MyStromPlug.dialect,
        model=f"myStrom {kind}" if isinstance(kind, int | str) else "myStrom",
        firmware=text(info.get("version")),
        name=text(info.get("name")),
        sockets=(SOCKET,) if isinstance(report.get("relay"), bool) else (),
        needs_password=needs_password,
    )


def socket_reading(report: Mapping[str, object]) -> SocketReading:
    """Read ``/report``; a Switch Zero has only its relay in it.

    The counter is in watt-seconds and begins again with each ``boot_id``. ``Ws``
    is the mean power since anyone's last report, and so of no use to anyone.
    """
    on = report.get("relay")
    energy_ws = number(report.get("energy_since_boot"))
    return SocketReading(
        on=on if isinstance(on, bool) else None,
        power_w=number(report.get("power")),
        energy_wh=None if energy_ws is None else round(energy_ws / 3600, 3),
        energy_run=None if energy_ws is None else text(report.get("boot_id")),
    )
