"""NETIO power sockets: one JSON document to read and to write.

Source: the vendor's JSON M2M API (document version 2.6) and its wiki page.
"""

from collections.abc import Iterable, Mapping
import json
from typing import ClassVar, Final, override

from ..model import PlugInfo, PlugReading, SocketReading
from .base import BasePlug
from .client import (
    Credentials,
    PlugAuthError,
    PlugError,
    PlugReplyError,
    PlugUnreachableError,
)
from .transport import Reply, Transport
from .values import items, mac, members, number, text

_PATH: Final = "/netio.json"
_USER: Final = "netio"
_STATES: Final[Mapping[object, bool]] = {0: False, 1: True}


class NetioPlug(BasePlug):
    """One NETIO device; its sockets are numbered from 1.

    It takes an order and carries it out a moment later: until then it still shows
    the old state. Orders that come together are sent in one request.
    """

    dialect: ClassVar[str] = "netio"
    looks_after_s = (1.0, 1.0)

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
        reply = await transport.get(_PATH, headers=_login(credentials))
        if reply.status == 401 and await _shows_netio(transport, reply):
            if credentials is not None:
                raise PlugAuthError(f"{transport.name}: wrong password")
            return describe({}, needs_password=True)
        try:
            info = describe(transport.json_object(reply))
        except PlugReplyError:
            return None
        return info if info.serial and info.sockets else None

    @override
    async def _ask_info(self) -> PlugInfo:
        return describe(await self._get())

    @override
    async def _ask_serial(self) -> str | None:
        return serial(await self._get())

    @override
    async def _ask_reading(self) -> PlugReading:
        document = await self._get()
        self._expect(serial(document))
        return reading(document, self._info.sockets)

    @override
    async def _ask_states(self) -> Mapping[int, bool | None]:
        return {
            number: state(output)
            for number, output in outputs(await self._get()).items()
        }

    @override
    async def _order(self, orders: Mapping[int, bool]) -> Mapping[int, PlugError]:
        actions = [{"ID": number, "Action": int(on)} for number, on in orders.items()]
        try:
            await self._post({"Outputs": actions})
        except (PlugUnreachableError, PlugReplyError) as error:
            return dict.fromkeys(orders, error)
        return {}

    async def _get(self) -> Mapping[str, object]:
        reply = await self._transport.get(_PATH, headers=_login(self._credentials))
        if reply.status == 401:
            fault = "wants a" if self._credentials is None else "wrong"
            raise PlugAuthError(f"{self._transport.name}: {fault} password")
        return self._transport.json_object(reply)

    async def _post(self, document: Mapping[str, object]) -> None:
        reply = await self._transport.request(
            "POST",
            _PATH,
            headers={**_login(self._credentials), "Content-Type": "application/json"},
            body=json.dumps(document).encode(),
            order=True,
        )
        if reply.status in {401, 403}:
            # The same user has just read: there is another one for writing.
            raise PlugAuthError(f"{self._transport.name}: this user may not switch")
        self._transport.json_object(reply)


def _login(credentials: Credentials | None) -> dict[str, str]:
    return {} if credentials is None else credentials.basic(_USER)


async def _shows_netio(transport: Transport, refusal: Reply) -> bool:
    """Tell a NETIO that keeps its document to itself, by its refusal or its page."""
    challenge = refusal.headers.get("WWW-Authenticate", "")
    if "netio" in challenge.lower() or "result" in members(refusal.json()):
        return True
    return b"netio" in (await transport.get("/")).body.lower()


def serial(document: Mapping[str, object]) -> str | None:
    """Return the MAC address; older firmware has it as its serial number."""
    agent = members(document.get("Agent"))
    number_on_label = text(agent.get("SerialNumber"))
    return mac(agent.get("MAC")) or mac(number_on_label) or number_on_label


def describe(
    document: Mapping[str, object], *, needs_password: bool = False
) -> PlugInfo:
    """Read what the document says of the device."""
    agent = members(document.get("Agent"))
    return PlugInfo(
        serial=serial(document) or "",
        dialect=NetioPlug.dialect,
        model=text(agent.get("Model")) or "NETIO",
        firmware=text(agent.get("Version")),
        name=text(agent.get("DeviceName")),
        sockets=tuple(sorted(outputs(document))),
        needs_password=needs_password,
    )


def outputs(document: Mapping[str, object]) -> dict[int, Mapping[str, object]]:
    """Return the outputs by their number."""
    found: dict[int, Mapping[str, object]] = {}
    for item in items(document.get("Outputs")):
        if (identity := number(members(item).get("ID"))) is not None:
            found[int(identity)] = members(item)
    return found


def state(output: Mapping[str, object]) -> bool | None:
    """Return whether an output is on."""
    return _STATES.get(number(output.get("State")))


def reading(document: Mapping[str, object], sockets: Iterable[int]) -> PlugReading:
    """Read the document.

    Not every model measures, and not every output of those that do.
    """
    mains = members(document.get("GlobalMeasure"))
    found = outputs(document)
    return PlugReading(
        sockets={n: socket_reading(found.get(n, {}), mains) for n in sockets}
    )


def socket_reading(
    output: Mapping[str, object], mains: Mapping[str, object]
) -> SocketReading:
    """Read one output and what all of them share.

    Current is in mA, energy in Wh. The counter that cannot be set back is taken
    where there is one.
    """
    current_ma = number(output.get("Current"))
    energy_wh, run = number(output.get("Energy_NR")), None
    if energy_wh is None:
        energy_wh, run = number(output.get("Energy")), text(mains.get("EnergyStart"))
    return SocketReading(
        on=state(output),
        power_w=number(output.get("Load")),
        current_a=None if current_ma is None else round(current_ma / 1000, 6),
        voltage_v=number(mains.get("Voltage")),
        energy_wh=energy_wh,
        power_factor=number(output.get("PowerFactor")),
        frequency_hz=number(mains.get("Frequency")),
        phase_shift_deg=_centred(number(output.get("Phase"))),
        energy_run=None if energy_wh is None else run,
    )


def _centred(angle_deg: float | None) -> float | None:
    """Return an angle between -180 and 180 degrees."""
    return None if angle_deg is None else (angle_deg + 180) % 360 - 180
