"""Networked plugs: one asynchronous client for each REST dialect.

A dialect is a `BasePlug` with two words more: its name, which is stored with
the plug, and ``probe``, which recognises it at an address. The dialect ``rest`` is
described by its owner instead.
"""

from typing import Final

from aiohttp import ClientSession

from ..model import PlugInfo
from .client import (
    Credentials,
    PlugAuthError,
    PlugBusyError,
    PlugCertificateError,
    PlugClient,
    PlugClosedError,
    PlugError,
    PlugIdentityError,
    PlugRefusedError,
    PlugReplyError,
    PlugUnreachableError,
)
from .mystrom import MyStromPlug
from .netio import NetioPlug
from .openbeken import OpenBekenPlug
from .rest import DIALECT as REST, RestDevice, RestPlug, describe
from .rest_settings import RestSettings
from .rest_toggle import TogglePlug
from .shelly_gen1 import ShellyGen1Plug
from .shelly_rpc import ShellyRpcPlug
from .tasmota import TasmotaPlug
from .transport import NoReplyError, Transport

__all__ = [
    "Credentials",
    "PlugAuthError",
    "PlugBusyError",
    "PlugCertificateError",
    "PlugClient",
    "PlugClosedError",
    "PlugError",
    "PlugIdentityError",
    "PlugRefusedError",
    "PlugReplyError",
    "PlugUnreachableError",
    "RestSettings",
    "identify",
    "identify_rest",
    "open_plug",
]

# In the order in which they are tried; each asks what harms no other.
_DIALECTS: Final = (
    ShellyRpcPlug,
    ShellyGen1Plug,
    TasmotaPlug,
    OpenBekenPlug,
    NetioPlug,
    MyStromPlug,
)


async def identify(
    session: ClientSession,
    host: str,
    credentials: Credentials | None = None,
    *,
    verify: bool = True,
) -> PlugInfo:
    """Ask the device at an address what it is.

    Without credentials, a device that wants a password is described with
    ``needs_password``, without its sockets, and without its serial where it
    keeps even that to itself. ``verify`` is False for an https address whose
    certificate is the device's own.

    Raises:
        PlugError: no answer, a wrong password, or no dialect known here.
    """
    transport = Transport(session, host, verify=verify)
    for dialect in _DIALECTS:
        try:
            info = await dialect.probe(transport, credentials)
        except NoReplyError:
            # Some devices hang up on what they do not know.
            continue
        if info is not None:
            return info
    raise PlugReplyError(f"{transport.name}: no plug of a known kind")


async def identify_rest(
    session: ClientSession,
    host: str,
    settings: RestSettings,
    credentials: Credentials | None = None,
    *,
    verify: bool = True,
) -> PlugInfo:
    """Try the questions of a plug that its owner described; nothing is switched.

    ``serial`` is empty where no answer, or no setting, tells it.

    Raises:
        PlugError: no answer, wrong credentials, an answer without any state.
    """
    transport = Transport(session, host, verify=verify)
    device = RestDevice(transport, settings, credentials)
    answers = {}
    if settings.read is not None:
        answers = await device.ask(settings.read)
        for socket in settings.sockets:
            if device.state(socket, answers[socket.number]) is None:
                raise PlugReplyError(
                    f"{transport.name}: no state of socket {socket.number}"
                )
    info = describe(device, answers)
    if settings.read is None:
        await TogglePlug(device, info).read()
    return info


def open_plug(
    session: ClientSession,
    host: str,
    info: PlugInfo,
    credentials: Credentials | None = None,
    *,
    verify: bool = True,
    rest: RestSettings | None = None,
) -> PlugClient:
    """Return the client of an identified plug. Nothing is sent yet.

    ``rest`` are the settings of a plug of the dialect ``rest``.

    Raises:
        PlugError: an address that is none, or a dialect unknown here.
    """
    transport = Transport(session, host, verify=verify)
    if info.dialect == REST and rest is not None:
        device = RestDevice(transport, rest, credentials)
        return (TogglePlug if rest.toggle_only else RestPlug)(device, info)
    for dialect in _DIALECTS:
        if dialect.dialect == info.dialect:
            return dialect(transport, info, credentials)
    raise PlugReplyError(f"{transport.name}: unknown dialect {info.dialect}")
