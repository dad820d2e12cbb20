"""OpenBeken over HTTP: Tasmota's commands, with differences.

Source: the project's json_interface.c, cmd_tasmota.c, http_basic_auth.c and
drv_bl_shared.c. Its ``PowerOnState`` is a constant that says nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, PowerOnDefault
from .client import Credentials, PlugAuthError, PlugRefusedError, PlugReplyError
from .tasmota import USER, Console, TasmotaPlug, describe, is_openbeken, reading, states
from .transport import Reply, Transport
from .values import members, number

_REALM: Final = "OpenBeken"


class BasicConsole(Console):
    """The command line behind a password in the header.

    Commands stay short: one of more than 123 characters is carried out twice.
    """

    @override
    def _login(self) -> dict[str, str]:
        return {}

    @override
    def _wants_password(self, reply: Reply) -> bool:
        return reply.status == 401 and _REALM in reply.headers.get(
            "WWW-Authenticate", ""
        )

    @override
    async def _headers(self) -> dict[str, str]:
        return {} if self._credentials is None else self._credentials.basic(USER)

    @override
    def _closed(self) -> PlugRefusedError:
        return PlugRefusedError(
            f"{self._transport.name}: built without commands over HTTP"
        )


class OpenBekenPlug(TasmotaPlug):
    """One OpenBeken device; its sockets are numbered from 1."""

    dialect: ClassVar[str] = "openbeken"
    console: ClassVar[type[Console]] = BasicConsole

    @classmethod
    @override
    async def probe(
        cls, transport: Transport, credentials: Credentials | None
    ) -> PlugInfo | None:
        """Return what the device says it is, None if it is none of these."""
        try:
            status = await BasicConsole(transport, credentials).ask("Status 0")
        except PlugAuthError:
            if credentials is not None:
                raise
            return describe({}, dialect=cls.dialect, needs_password=True)
        except PlugRefusedError, PlugReplyError:
            return None
        info = describe(status, dialect=cls.dialect)
        return info if info.serial and is_openbeken(status) else None

    @override
    def _read(
        self, state: Mapping[str, object], measures: Mapping[str, object]
    ) -> PlugReading:
        return openbeken_reading(state, measures, self._info.sockets)

    @override
    async def _set(self, socket: int, on: bool) -> None:
        # The one relay of a device may sit on any channel, and is shown as the first:
        # only the command without a number finds it.
        suffix = "" if socket == 1 else str(socket)
        await self._console.send(f"Power{suffix} {'On' if on else 'Off'}", order=True)

    @override
    async def _ask_power_on_default(self, socket: int) -> PowerOnDefault | None:
        """Return None: it shows Tasmota's setting and does not have it."""
        return None

    @override
    async def _order_power_on_default(self, socket: int, value: PowerOnDefault) -> None:
        raise PlugRefusedError(
            f"{self._transport.name}: its power-on default is set by a startup command"
        )


def openbeken_reading(
    state: Mapping[str, object], measures: Mapping[str, object], sockets: Iterable[int]
) -> PlugReading:
    """Read ``Status 11`` and ``Status 8``.

    A measure that the device does not have is printed as zero. It cannot answer
    without voltage: where that is zero, nothing is measured. The energy is in Wh
    and has another name than Tasmota's.
    """
    energy = members(members(measures.get("StatusSNS")).get("ENERGY"))
    if not number(energy.get("Voltage")):
        energy = {}
    like_tasmota = reading(state, {"StatusSNS": {"ENERGY": energy}}, sockets)
    # There is one meter a device: with several relays its energy is no one's.
    alone = len(states(state)) == 1
    total_wh = number(energy.get("ConsumptionTotal")) if alone else None
    return PlugReading(
        sockets={
            socket: replace(values, energy_wh=total_wh)
            for socket, values in like_tasmota.sockets.items()
        }
    )
